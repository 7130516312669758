// Package adapters tests what a rotation does to real clients of real servers.
//
//	cd testing/adapters && go test ./...
//
// Each folder is for one kind of server and starts its own: on loopback, on a free
// port, with a data folder of its own. Those of databases run as a user that is not root. A server that is
// not installed skips its tests, unless SECRETMUX_SERVERS='postgres mariadb' lists it.
// On Debian the servers are
//
//	apt-get install postgresql mariadb-server-core mariadb-client-core
//
// The brokers (nats, gcp, kafka) run in the process of the test.
//
// It is a module of its own, outside of the repository's workspace: real servers
// take real time, so its tests may wait, and other modules must not depend on its
// clients.
package adapters
