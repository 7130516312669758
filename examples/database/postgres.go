package main

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/lib/pq"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/providers/local"
)

// postgres is a PostgreSQL and a role that the example made in it.
type postgres struct {
	admin *sql.DB
	role  string
}

func open(ctx context.Context) (database, error) {
	if os.Getenv("DATABASE_HOST") == "" {
		fmt.Println("the database is in this process; DATABASE_HOST names a PostgreSQL instead")
		return &inProcess{}, nil
	}
	store, err := secretmux.Open(ctx, "env:", local.Backend())
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.Close() }()
	password, err := store.Get(ctx, "database/password") // DATABASE_PASSWORD
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(dsn(cmp.Or(os.Getenv("DATABASE_USER"), "postgres"), password.Reveal()))
	if err != nil {
		return nil, errors.New("DATABASE_HOST and the other variables do not make a valid DSN")
	}
	d := &postgres{admin: sql.OpenDB(connector), role: fmt.Sprintf("secretmux_example_%d", os.Getpid())}
	if _, err := d.admin.ExecContext(ctx, "create role "+d.role+" login"); err != nil {
		return nil, errors.Join(err, d.admin.Close())
	}
	fmt.Println("the database is PostgreSQL, with the role", d.role)
	return d, nil
}

func dsn(user, password string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password),
		Host:     net.JoinHostPort(os.Getenv("DATABASE_HOST"), cmp.Or(os.Getenv("DATABASE_PORT"), "5432")),
		Path:     "/" + cmp.Or(os.Getenv("DATABASE_NAME"), "postgres"),
		RawQuery: "sslmode=" + cmp.Or(os.Getenv("DATABASE_SSLMODE"), "prefer"),
	}
	return u.String()
}

func (d *postgres) user() string { return d.role }

func (d *postgres) build() dbsql.Build {
	return func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
		user, password, ok := strings.Cut(s.Reveal(), ":")
		if !ok {
			return nil, errors.New("want user:password")
		}
		return pq.NewConnector(dsn(user, password))
	}
}

// setPassword builds its statement as text, because PostgreSQL accepts no parameters
// there.
func (d *postgres) setPassword(ctx context.Context, password string) error {
	_, err := d.admin.ExecContext(ctx, "alter role "+d.role+" password "+pq.QuoteLiteral(password))
	return err
}

func (d *postgres) close(ctx context.Context) error {
	_, err := d.admin.ExecContext(ctx, "drop role "+d.role)
	return errors.Join(err, d.admin.Close())
}
