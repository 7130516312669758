package pgxsecret_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	pgxsecret "github.com/secretmux/secretmux/adapters/pgx"
	"github.com/secretmux/secretmux/testing/memory"
)

func ExampleNewPool() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": `{"username":"app","password":"s3cret"}`})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()

	cfg, err := pgxpool.ParseConfig("host=db.internal dbname=app sslmode=verify-full pool_max_conns=10")
	if err != nil {
		fmt.Println(err)
		return
	}
	pool, err := pgxsecret.NewPool(ctx, store, "db/app", cfg, dbsql.Options{Patience: 5 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = pool.Close() }()
	// pool.Query, pool.Exec, pool.Begin ... as with a *pgxpool.Pool
	fmt.Println(pool.Pool().Config().MaxConns)
	// Output: 10
}

func ExamplePool() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": "postgres://app:s3cret@127.0.0.1:1/app?sslmode=disable"})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()
	pool, err := pgxsecret.NewPool(ctx, store, "db/app", nil, dbsql.Options{}) // the DSN says all
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = pool.Close() }()

	var n int
	err = pool.QueryRow(ctx, "select 1").Scan(&n) // nothing listens there
	fmt.Println(err != nil, pool.Stats().Refused)
	// Output: true 0
}

// This secret holds only a password, like a file of Docker.
func ExampleApply() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db_password": "s3cret\n"})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()

	cfg, _ := pgxpool.ParseConfig("host=db.internal user=app dbname=app")
	var password pgxsecret.Apply = func(cc *pgx.ConnConfig, s secretmux.Secret) error {
		cc.Password = strings.TrimRight(s.Reveal(), "\n")
		return nil
	}
	pool, err := pgxsecret.NewPoolFunc(ctx, store, "db_password", cfg, password, dbsql.Options{})
	fmt.Println(err)
	_ = pool.Close()
	// Output: <nil>
}

func ExampleConnector() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": `{"username":"app","password":"s3cret"}`})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()

	cfg, _ := pgx.ParseConfig("host=db.internal dbname=app sslmode=verify-full")
	connector, err := pgxsecret.Connector(ctx, store, "db/app", cfg, dbsql.Options{Patience: 5 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	fmt.Printf("%T\n", db.Driver())
	// Output: *stdlib.Driver
}

// A new value is tried before it is served.
func ExampleBuild() {
	cfg, _ := pgx.ParseConfig("host=db.internal dbname=app sslmode=verify-full")
	o := secretmux.Options{Validate: dbsql.Validator("db/app", pgxsecret.Build(cfg))}
	err := o.Validate(context.Background(), secretmux.Rotation{Ref: "another", New: secret("x")})
	fmt.Println(err)
	// Output: <nil>
}
