package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/adapters/internal/traffic"
)

// Dynamic credentials, as Vault makes them: each role ends after two seconds, and at
// its end its privileges are revoked and it is dropped. Its open sessions go on, and
// fail at the first query of a table with 42501.
func TestNoQueryRunsPastItsLease(t *testing.T) {
	const life = 2 * time.Second
	for name, open := range openers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits for leases
			admin(t)
			table := "leased_" + name[:1] + name[len(name)-3:]
			do(t, "create table if not exists %s (n int)", table)
			role := func(i int) string { return fmt.Sprintf("v_%s_%d", table, i) }
			issue := func(i int) (value string, ends time.Time) {
				newRole(t, role(i), "p")
				do(t, "grant select on %s to %s", table, role(i))
				return document(role(i), "p"), time.Now().Add(life)
			}
			value, ends := issue(0)
			vault, store := backend(t, value)
			vault.Put(ref, []byte(value), secretmux.Meta{Expires: ends})
			refresh(t, store)
			c := open(t, store, conns, long, dbsql.Options{})
			defer c.close()
			load := traffic.Start(t, workers/4, func(ctx context.Context) error { return c.from(ctx, table) })
			for i := 1; i <= 4; i++ {
				time.Sleep(time.Until(ends.Add(-200 * time.Millisecond)))
				value, next := issue(i)
				vault.Put(ref, []byte(value), secretmux.Meta{Expires: next})
				refresh(t, store)
				time.Sleep(time.Until(ends))
				do(t, "drop owned by %[1]s; drop role %[1]s", role(i-1))
				ends = next
			}
			result := load.Stop()
			result.Want(t, 100)
			t.Logf("4 leases of %s: %s, %+v", life, result, c.stats())
		})
	}
}
