// Package adapters tests the effect of a rotation on real clients of real servers.
//
//	cd testing/adapters && go test ./...
//
// Each folder is for one kind of server and starts its own: on loopback, on a free
// port, with a data folder of its own. The servers of databases run as a user that is
// not root. If a server is not installed, its tests are skipped, unless
// SECRETMUX_SERVERS='postgres mariadb' lists it. On Debian the servers are
//
//	apt-get install postgresql mariadb-server-core mariadb-client-core
//
// The brokers (nats, gcp, kafka) run in the process of the test.
//
// It is a module of its own, outside of the repository's workspace. Real servers take
// real time, so its tests may wait. Other modules must not depend on its clients.
package adapters
