// Package dbsql keeps database/sql logged in while the database's password
// changes. It works with every driver: a [Connector] is a [driver.Connector] over
// the driver's own, made of the secret's newest value.
//
//	connector, err := dbsql.New(ctx, store, "db/app", build, dbsql.Options{Patience: 5 * time.Second})
//	if err != nil {
//		return err
//	}
//	db := sql.OpenDB(connector) // db.Close closes the connector too
//
// # What it promises
//
// A new connection uses the newest value of the secret. A login that the database
// refuses makes the store read the secret again, once for all logins that wait,
// and is tried again; with [Options.Patience] it is tried again until both the
// database and the secret have changed.
//
// A connection that was opened with an earlier value is closed after its next use at
// the latest, and no error of that reaches the application. A connection is not used
// past the lease of its secret, where it has one.
//
// A value that can't be used (it does not parse, say) changes nothing: the open
// connections and the value before it go on, [secretmux.Store.Check] tells.
//
// No error holds a value, or what a driver says about one: see [Connector.Connect].
//
// # What happens at a rotation
//
// Build is called with the new value, in the background, while the old connections
// work. Each of them is closed when it is returned to the pool or about to be used
// next, so that a pool does not reconnect all at once. Statements and transactions
// that run are not disturbed. With [Options.KeepOld] nothing is closed.
//
// # What it costs
//
// About 0.4 µs a login, 0.15 µs a use of a connection, and one watched secret. There
// are no goroutines of its own. A refused login costs at most
// one read of the backend, and while it stays refused one after 100 ms, 200 ms and so
// on up to 5 s, for all connections together.
//
// A client that is not a database/sql driver gets the same with a [Login].
package dbsql
