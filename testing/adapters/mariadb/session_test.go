package mariadb

import (
	"errors"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// The test shows the answers of MariaDB for docs/databases.md.
func TestWhatMariaDBCallsARefusedLogin(t *testing.T) {
	admin(t)
	for name, tt := range map[string]struct {
		change string
		number uint16
	}{
		"password": {"alter user app identified by 'other'", 1045},
		"dropped":  {"drop user app", 1045},
		"locked":   {"alter user app account lock", 4151},
	} {
		t.Run(name, func(t *testing.T) {
			newUser(t, "app", "one")
			do(t, "create database opened")
			t.Cleanup(func() { do(t, "drop database opened") })
			do(t, "create table opened.t (n int)")
			do(t, "grant select on opened.* to app") // rights on a single table are gone at once
			c, _, _ := open(t, dsn("app", "one"), 0)
			conn, err := pool(t, c, time.Hour).Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := conn.ExecContext(t.Context(), "use opened"); err != nil {
				t.Fatal(err)
			}
			do(t, "%s", tt.change)
			if _, err := conn.ExecContext(t.Context(), "select * from opened.t"); err != nil {
				t.Errorf("an open session: %v, want it to go on", err)
			}
			_, err = c.Connect(t.Context())
			var answer *mysql.MySQLError
			if !errors.As(err, &answer) || answer.Number != tt.number {
				t.Errorf("a new login: %v, want %d", err, tt.number)
			}
		})
	}
}
