package postgres

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// An open session stays open, which is why a ping finds none of the broken ones,
// and why a lease has to end before the role does. docs/databases.md has the
// table.
func TestWhatHappensToAnOpenSession(t *testing.T) {
	admin(t)
	for name, tt := range map[string]struct{ change, one, table string }{
		"password": {"alter role app password 'other'", "", ""},
		"nologin":  {"alter role app nologin", "", ""},
		"expired":  {"alter role app valid until '2001-01-01'", "", ""},
		"revoked":  {"revoke all on opened from app", "", "42501"},
		"dropped":  {"drop owned by app; drop role app", "", "42501"},
	} {
		t.Run(name, func(t *testing.T) {
			newRole(t, "app", "one")
			do(t, "create table opened (n int); grant select on opened to app")
			t.Cleanup(func() { do(t, "drop table opened") })
			conn, err := pgx.Connect(t.Context(), dsn("app", "one"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(t.Context()) }()
			do(t, "%s", tt.change)
			if err := conn.Ping(t.Context()); err != nil {
				t.Errorf("ping: %v", err)
			}
			for sql, want := range map[string]string{"select 1": tt.one, "select * from opened": tt.table} {
				_, err := conn.Exec(t.Context(), sql)
				var answer *pgconn.PgError
				_ = errors.As(err, &answer)
				if (err == nil) != (want == "") || answer != nil && answer.Code != want {
					t.Errorf("%s: %v, want %q", sql, err, want)
				}
			}
		})
	}
}
