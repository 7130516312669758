// Package pgxsecret keeps pgx logged in to PostgreSQL while the password changes: a
// [Pool] in place of a [pgxpool.Pool], and a [Connector] for database/sql over pgx.
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
// # What the secret holds
//
// The config says where the database is, the secret says who logs in. The secret
// is one of
//
//   - a JSON document with the fields username (or user) and password, as AWS and Vault
//     write it; its other fields are not used;
//   - a DSN, postgres://user:password@host/db or user=... password=... host=..., with a
//     user and a password in it. It says where, too: its host, port, database and TLS
//     settings replace those of the config, which may be nil then.
//
// A secret that holds only a password looks like a mistake: [NewPoolFunc] takes
// it, and anything else. User and password that change together belong into one
// secret: two reads may fall on either side of a rotation.
//
// # What it promises
//
// What package [github.com/secretmux/secretmux/adapters/dbsql] promises: new
// connections use the newest value, a refused login renews the secret and is tried again,
// connections of an earlier value end after their next use, none is used past its
// lease, a value that can't be used changes nothing.
//
// # What happens at a rotation
//
// pgxpool's Reset: idle connections are closed, those in use when they are
// released. Unless [dbsql.Options.KeepOld] is set.
//
// pgxpool has no hook after a refused login, so the Pool wraps the methods that
// acquire a connection and tries those again. That is safe: nothing was sent.
//
// # What it costs
//
// One watched secret. The package adds 1 MB to a binary with pgxpool, the store
// included; pgx itself is six modules.
package pgxsecret
