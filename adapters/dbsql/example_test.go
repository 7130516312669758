package dbsql_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/memory"
)

// A service opens its pool over a Connector instead of a DSN, and forgets about
// rotations. Here the database changes its password, and the backend follows.
func ExampleNew() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": "app:one"})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()
	database := newDatabase("app", "one")

	connector, err := dbsql.New(ctx, store, "db/app", database.build, dbsql.Options{Patience: 5 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }() // closes the connector too
	db.SetConnMaxIdleTime(5 * time.Minute)

	database.set("app", "two")
	backend.Set("db/app", "app:two")
	_, err = db.ExecContext(ctx, "select 1")
	fmt.Println(err)
	// Output: <nil>
}

// A Build makes the driver's own connector. With go-sql-driver/mysql it would be
// mysql.ParseDSN and mysql.NewConnector.
func ExampleBuild() {
	database := newDatabase("app", "s3cret")
	var build dbsql.Build = func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
		user, err := s.Field("username")
		if err != nil {
			return nil, err
		}
		password, err := s.Field("password")
		if err != nil {
			return nil, err // it names the field; it is kept
		}
		return &dialer{d: database, user: user.Reveal(), password: password.Reveal()}, nil
	}
	_, err := build(context.Background(), secretmux.NewSecret([]byte(`{"username":"app"}`), secretmux.Meta{}))
	fmt.Println(errors.Is(err, secretmux.ErrFieldNotFound))
	// Output: true
}

// AuthError knows the errors of a driver that has no SQLSTATE method.
func ExampleOptions() {
	o := dbsql.Options{
		Patience:  5 * time.Second, // one user whose password changes
		AuthError: func(err error) bool { var e *numbered; return errors.As(err, &e) && e.Number == 1045 },
	}
	fmt.Println(o.AuthError(fmt.Errorf("connect: %w", &numbered{Number: 1045})))
	// Output: true
}

// A Connector shows when nothing needs the old value any more.
func ExampleConnector() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": "app:one"})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()
	database := newDatabase("app", "one")
	database.set("app_clone", "two")

	connector, _ := dbsql.New(ctx, store, "db/app", database.build, dbsql.Options{})
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	_, _ = db.ExecContext(ctx, "select 1")

	backend.Set("db/app", "app_clone:two")
	_ = store.Refresh(ctx, "db/app")
	fresh, _ := connector.Connect(ctx) // the first with the new value
	_ = fresh.Close()
	fmt.Println("old:", connector.Stats().Old)
	_, _ = db.ExecContext(ctx, "select 1")
	fmt.Println("old:", connector.Stats().Old)
	// Output:
	// old: 1
	// old: 0
}

// A client without database/sql has a login of its own. Its try sends nothing before
// the login.
func ExampleLogin() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"redis": "one"})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()
	errWrongPass := errors.New("WRONGPASS")

	login, err := dbsql.NewLogin(ctx, store, "redis", nil, dbsql.Options{
		AuthError: func(err error) bool { return errors.Is(err, errWrongPass) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = login.Close() }()

	backend.Set("redis", "two")
	err = login.Do(ctx, func(_ context.Context, s secretmux.Secret) error {
		if err := login.Opening(); err != nil {
			return err
		}
		if s.Reveal() != "two" { // the client dials
			return errWrongPass
		}
		login.Opened(s, time.Now())
		return nil
	})
	fmt.Println(err, login.Stats().Dials)
	// Output: <nil> 2
}

// Another kind of pool checks the Lease of a connection before it hands out the
// connection.
func ExampleLease() {
	ctx := context.Background()
	backend := memory.New(nil)
	backend.Put("db/dynamic", []byte("v-app-1:x"), secretmux.Meta{Expires: time.Now().Add(time.Hour)})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()
	login, _ := dbsql.NewLogin(ctx, store, "db/dynamic", nil, dbsql.Options{})
	defer func() { _ = login.Close() }()

	var lease *dbsql.Lease
	_ = login.Do(ctx, func(_ context.Context, s secretmux.Secret) error {
		began := time.Now()
		// the client logs in
		lease = login.Opened(s, began)
		return nil
	})
	fmt.Println(lease.Over())
	// Output: false
}

// Stats hold counts and no values, so they can go to any metrics system.
func ExampleStats() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": "app:one"})
	store, _ := secretmux.New(backend, secretmux.Options{})
	defer func() { _ = store.Close() }()
	connector, _ := dbsql.New(ctx, store, "db/app", newDatabase("app", "another").build, dbsql.Options{})
	defer func() { _ = connector.Close() }()

	_, err := connector.Connect(ctx)
	fmt.Println(secretmux.ClassOf(err))
	fmt.Printf("%+v\n", connector.Stats())
	// Output:
	// unauthenticated
	// {Dials:1 Refused:1 Retries:0 Refreshes:1 Drained:0 Open:0 Old:0}
}

// A value that can't log in yet is not served.
func ExampleValidator() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"db/app": "app:one"})
	database := newDatabase("app", "one")
	store, _ := secretmux.New(backend, secretmux.Options{Validate: dbsql.Validator("db/app", database.build)})
	defer func() { _ = store.Close() }()
	_, _ = store.Get(ctx, "db/app")

	backend.Set("db/app", "app:two") // before the database has it
	err := store.Refresh(ctx, "db/app")
	served, _ := store.Get(ctx, "db/app")
	fmt.Println(errors.Is(err, secretmux.ErrRefused), served.Version())
	// Output: true 1
}
