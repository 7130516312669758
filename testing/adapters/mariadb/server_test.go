package mariadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/secretmux/secretmux/testing/adapters/internal/server"
)

const rootpass = "of-root"

// mariadb is one server for all tests; it starts with the first that needs it.
var mariadb struct {
	once   sync.Once
	server *server.Server
	err    error
	admin  *sql.DB
}

func TestMain(m *testing.M) {
	code := m.Run()
	if mariadb.admin != nil {
		_ = mariadb.admin.Close()
	}
	if mariadb.server != nil {
		if err := mariadb.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// admin returns a pool of root's.
func admin(t testing.TB) *sql.DB {
	t.Helper()
	install, daemon := server.Find("mariadb-install-db"), server.Find("mariadbd", "/usr/sbin/mariadbd")
	if install == "" || daemon == "" {
		server.Missing(t, "mariadb")
	}
	mariadb.once.Do(func() { mariadb.err = start(install, daemon) })
	if mariadb.err != nil {
		t.Fatal(mariadb.err)
	}
	return mariadb.admin
}

func start(install, daemon string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := server.New("mariadb")
	if err != nil {
		return err
	}
	mariadb.server = s
	data := "--datadir=" + filepath.Join(s.Folder, "data")
	err = s.Run(ctx, install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db")
	if err != nil {
		return err
	}
	err = s.Start(ctx, ready, "TERM", daemon, "--no-defaults", data, "--bind-address=127.0.0.1", "--port="+fmt.Sprint(s.Port),
		"--socket="+filepath.Join(s.Folder, "socket"), "--pid-file="+filepath.Join(s.Folder, "pid"), "--innodb-flush-log-at-trx-commit=0")
	if err != nil {
		return err
	}
	return secure(ctx)
}

// ready logs in as root, who has no password yet.
func ready(ctx context.Context) error {
	return ping(ctx, "root", "")
}

func ping(ctx context.Context, user, password string) error {
	connector, err := mysql.NewConnector(config(user, password))
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	return db.PingContext(ctx)
}

// secure gives root a password, and proves what all tests rely on: a wrong one is
// refused.
func secure(ctx context.Context) error {
	connector, err := mysql.NewConnector(config("root", rootpass))
	if err != nil {
		return err
	}
	open, err := mysql.NewConnector(config("root", ""))
	if err != nil {
		return err
	}
	first := sql.OpenDB(open)
	defer func() { _ = first.Close() }()
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if _, err := first.ExecContext(ctx, "alter user if exists root@'"+host+"' identified by '"+rootpass+"'"); err != nil {
			return err
		}
	}
	mariadb.admin = sql.OpenDB(connector)
	for _, password := range []string{"", "wrong"} {
		var answer *mysql.MySQLError
		if err := ping(ctx, "root", password); !errors.As(err, &answer) || answer.Number != 1045 {
			return errors.Join(errors.New("a wrong password: want 1045: the server trusts every client"), err)
		}
	}
	return nil
}

func config(user, password string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.Net, cfg.Addr = user, password, "tcp", fmt.Sprintf("127.0.0.1:%d", mariadb.server.Port)
	return cfg
}

// do runs a statement as root.
func do(t testing.TB, format string, args ...any) {
	t.Helper()
	if _, err := admin(t).ExecContext(context.WithoutCancel(t.Context()), fmt.Sprintf(format, args...)); err != nil {
		t.Fatal(err)
	}
}

// newUser makes a user that ends with the test.
func newUser(t testing.TB, name, password string) {
	t.Helper()
	do(t, "create user %s identified by '%s'", name, password)
	t.Cleanup(func() { do(t, "drop user if exists %s", name) })
}

// connections counts the server's connections of a user.
func connections(t testing.TB, user string) (n int) {
	t.Helper()
	row := admin(t).QueryRowContext(t.Context(), "select count(*) from information_schema.processlist where user = ?", user)
	if err := row.Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
