// Package dbsql keeps database/sql logged in while the database's password changes. It
// works with every driver: a [Connector] is a [driver.Connector] that wraps the
// driver's own, which is made from the secret's newest value.
//
//	connector, err := dbsql.New(ctx, store, "db/app", build, dbsql.Options{Patience: 5 * time.Second})
//	if err != nil {
//		return err
//	}
//	db := sql.OpenDB(connector) // db.Close closes the connector too
//
// # Promises
//
// A new connection uses the newest value of the secret. A login that the database
// refuses makes the store read the secret again, once for all logins that wait,
// and is tried again; with [Options.Patience] it is tried again until both the
// database and the secret have changed.
//
// A connection that was opened with an earlier value is closed after its next use at
// the latest, and the application gets no error from that. If the secret has a lease, a
// connection is not used after its end.
//
// A value that can't be used, for example because it does not parse, changes nothing:
// the open connections and the previous value stay in use, and [secretmux.Store.Check]
// reports it.
//
// No error holds a value, or a driver's text about a value: see [Connector.Connect].
//
// # At a rotation
//
// Build is called with the new value, in the background, while the old connections
// work. Each old connection is closed when it is returned to the pool, or before its
// next use, so a pool does not reconnect all at once. Running statements and
// transactions are not disturbed. With [Options.KeepOld] nothing is closed.
//
// # What it costs
//
// A login costs about 0.4 µs, a use of a connection 0.15 µs, and each Connector watches
// one secret. It has no goroutines of its own. A refused login costs at most one read
// of the backend. While it stays refused, there is one read after 100 ms, 200 ms and so
// on up to 5 s, for all connections together.
//
// A client that is not a database/sql driver gets the same with a [Login].
package dbsql
