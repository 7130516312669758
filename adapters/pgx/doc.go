// Package pgxsecret keeps pgx logged in to PostgreSQL while the password changes: a
// [Pool] that replaces a [pgxpool.Pool], and a [Connector] for database/sql over pgx.
//
//	cfg, err := pgxpool.ParseConfig("host=db.internal dbname=app sslmode=verify-full")
//	if err != nil {
//		return err
//	}
//	pool, err := pgxsecret.NewPool(ctx, store, "db/app", cfg, dbsql.Options{Patience: 5 * time.Second})
//	if err != nil {
//		return err
//	}
//	defer pool.Close()
//
// # The secret
//
// The config has the address of the database. The secret has the user and the password.
// The secret has one of these forms:
//
//   - A JSON document with the fields username (or user) and password, which AWS and
//     Vault write. Its other fields are not used.
//   - A DSN, postgres://user:password@host/db or user=... password=... host=..., with a
//     user and a password in it. It also has the address: its host, port, database and
//     TLS settings replace those of the config, and the config may be nil.
//
// A secret that holds only a password looks like a mistake. [NewPoolFunc] accepts it,
// and every other form. A user and a password that change together belong in one
// secret, because two reads may lie on two sides of a rotation.
//
// # Promises
//
// The promises are those of package [github.com/secretmux/secretmux/adapters/dbsql]:
// new connections use the newest value, a refused login renews the secret and is tried
// again, connections of an earlier value end after their next use, no connection is
// used after its lease, and a value that can't be used changes nothing.
//
// # At a rotation
//
// The Pool calls pgxpool's Reset, unless [dbsql.Options.KeepOld] is set: idle
// connections are closed at once, and connections in use when they are released.
//
// pgxpool has no hook after a refused login, so the Pool wraps the methods that acquire
// a connection and tries them again. That is safe, because nothing was sent.
//
// # What it costs
//
// A Pool watches one secret. The package and the store add 1 MB to a binary with
// pgxpool. pgx itself is six modules.
package pgxsecret
