package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux/testing/adapters/internal/server"
)

const (
	superuser = "postgres"
	superpass = "of-the-superuser"
)

// postgres is one server for all tests; it starts with the first that needs it.
var postgres struct {
	once   sync.Once
	server *server.Server
	err    error
	admin  *pgxpool.Pool
}

func TestMain(m *testing.M) {
	code := m.Run()
	if postgres.admin != nil {
		postgres.admin.Close()
	}
	if postgres.server != nil {
		if err := postgres.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// admin returns a pool of the superuser's.
func admin(t testing.TB) *pgxpool.Pool {
	t.Helper()
	initdb := server.Find("/usr/lib/postgresql/*/bin/initdb", "initdb")
	if initdb == "" {
		server.Missing(t, "postgres")
	}
	postgres.once.Do(func() { postgres.err = start(filepath.Dir(initdb)) })
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	return postgres.admin
}

func start(bin string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := server.New("postgres")
	if err != nil {
		return err
	}
	postgres.server = s
	data, password := filepath.Join(s.Folder, "data"), filepath.Join(s.Folder, "password")
	if err := os.WriteFile(password, []byte(superpass+"\n"), 0o644); err != nil { // the server's user reads it
		return err
	}
	err = s.Run(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", superuser, "-A", "scram-sha-256", "--pwfile", password, "--no-sync", "-E", "UTF8")
	if err != nil {
		return err
	}
	err = s.Start(ctx, ready, "QUIT", filepath.Join(bin, "postgres"), "-D", data, "-p", fmt.Sprint(s.Port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=300")
	if err != nil {
		return err
	}
	if postgres.admin, err = pgxpool.New(ctx, dsn(superuser, superpass)); err != nil {
		return err
	}
	return wrongPasswordsAreRefused(ctx)
}

func ready(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, dsn(superuser, superpass))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// wrongPasswordsAreRefused proves what all tests rely on: with trust
// authentication they would pass and prove nothing.
func wrongPasswordsAreRefused(ctx context.Context) error {
	_, err := pgx.Connect(ctx, dsn(superuser, "wrong"))
	var answer *pgconn.PgError
	if !errors.As(err, &answer) || answer.Code != "28P01" {
		return errors.Join(errors.New("a wrong password: want 28P01: the server trusts every client"), err)
	}
	var method string
	if err := postgres.admin.QueryRow(ctx, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules").Scan(&method); err != nil {
		return err
	}
	if method != "scram-sha-256" {
		return fmt.Errorf("the server's rules are %s, want only scram-sha-256", method)
	}
	return nil
}

// where is a DSN without a user.
func where() string {
	return fmt.Sprintf("host=127.0.0.1 port=%d dbname=postgres sslmode=disable", postgres.server.Port)
}

func dsn(user, password string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/postgres?sslmode=disable", user, password, postgres.server.Port)
}

// document is the secret as AWS and Vault write it.
func document(user, password string) string {
	return fmt.Sprintf(`{"username":%q,"password":%q}`, user, password)
}

// do runs a statement as the superuser.
func do(t testing.TB, format string, args ...any) {
	t.Helper()
	if _, err := admin(t).Exec(context.WithoutCancel(t.Context()), fmt.Sprintf(format, args...)); err != nil {
		t.Fatal(err)
	}
}

// newRole makes a role that ends with the test, with a table of its own.
func newRole(t testing.TB, name, password string) {
	t.Helper()
	do(t, "create role %s login password '%s'", name, password)
	t.Cleanup(func() { dropRole(t, name) })
}

func dropRole(t testing.TB, name string) {
	t.Helper()
	do(t, "select pg_terminate_backend(pid) from pg_stat_activity where usename = '%s'", name)
	do(t, "do $$ begin if exists (select from pg_roles where rolname = '%[1]s') then drop owned by %[1]s; drop role %[1]s; end if; end $$", name)
}

// sessions counts the server's sessions of a role, but those that began after since.
func sessions(t testing.TB, role string, since time.Time) (n int) {
	t.Helper()
	err := admin(t).QueryRow(t.Context(),
		"select count(*) from pg_stat_activity where usename = $1 and backend_start < $2", role, since).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
