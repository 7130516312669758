package postgres

import (
	"fmt"
	"testing"
	"time"

	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/adapters/internal/traffic"
)

const (
	rotations = 10
	workers   = 32
	conns     = 8
)

// One user whose password changes: between the two changes every new login is refused.
func TestSingleUserRotations(t *testing.T) {
	orders := map[string]func(db, secret func()){
		"database first": func(db, secret func()) { db(); time.Sleep(60 * time.Millisecond); secret() },
		"secret first":   func(db, secret func()) { secret(); time.Sleep(60 * time.Millisecond); db() },
	}
	for name, open := range openers() {
		for order, rotate := range orders {
			t.Run(name+"/"+order, func(t *testing.T) {
				admin(t)
				newRole(t, "app", "p0")
				vault, store := backend(t, document("app", "p0"))
				c := open(t, store, conns, short, dbsql.Options{Patience: 3 * time.Second})
				defer c.close()
				vault.ResetCalls()
				load := traffic.Start(t, workers, c.query)
				for i := range rotations {
					password := fmt.Sprint("p", i+1)
					time.Sleep(100 * time.Millisecond)
					rotate(
						func() { do(t, "alter role app password '%s'", password) },
						func() {
							vault.Set(ref, document("app", password))
							if order == "secret first" {
								refresh(t, store)
							}
						},
					)
					time.Sleep(150 * time.Millisecond)
				}
				result := load.Stop()
				result.Want(t, 50)
				reads, stats := vault.Reads(ref), c.stats()
				t.Logf("%d rotations: %s, %d reads, %+v", rotations, result, reads, stats)
				if reads >= 4*rotations {
					t.Errorf("%d reads for %d rotations, want fewer than 4 each", reads, rotations)
				}
				if stats.Refused == 0 {
					t.Error("no login was refused: the test proves nothing")
				}
			})
		}
	}
}

// soon reports whether the condition becomes true within the time that a busy machine
// may need.
func soon(holds func() bool) bool {
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// Two users take turns. The previous value still works while the new one spreads, so no
// login is ever refused.
func TestAlternatingUserRotations(t *testing.T) {
	for name, open := range openers() {
		t.Run(name, func(t *testing.T) {
			admin(t)
			newRole(t, "app", "p0")
			newRole(t, "app_clone", "p0")
			vault, store := backend(t, document("app", "p0"))
			c := open(t, store, conns, short, dbsql.Options{})
			defer c.close()
			load := traffic.Start(t, workers, c.query)
			seen := map[string]bool{}
			for i := range rotations {
				user := []string{"app_clone", "app"}[i%2]
				do(t, "alter role %s password 'p%d'", user, i+1)
				vault.Set(ref, document(user, fmt.Sprint("p", i+1)))
				refresh(t, store)
				changed := time.Now()
				time.Sleep(100 * time.Millisecond)
				seen[user] = seen[user] || soon(func() bool { return sessions(t, user, time.Now()) > 0 })
				if old := []string{"app", "app_clone"}[i%2]; !soon(func() bool { return sessions(t, old, changed) == 0 }) {
					t.Errorf("rotation %d: %s still has sessions", i, old)
				}
			}
			result := load.Stop()
			result.Want(t, 50)
			stats := c.stats()
			t.Logf("%d rotations: %s, %+v", rotations, result, stats)
			if stats.Refused != 0 || stats.Refreshes != 0 {
				t.Errorf("%+v, want nothing refused and no refresh forced", stats)
			}
			if !seen["app"] || !seen["app_clone"] {
				t.Errorf("sessions of %v only", seen)
			}
		})
	}
}
