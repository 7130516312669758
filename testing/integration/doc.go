// Package integration tests providers/vault against a real Vault server, which
// runs in the test process and listens with TLS on loopback.
//
//	cd testing/integration && go test ./...
//
// It is a module of its own, outside of the repository's workspace, because it
// compiles a whole Vault server: the first time takes 10 to 20 minutes, and later
// times less than one minute. Nothing else may import what it requires: the server's
// licence is the Business Source License.
package integration
