package benchmarks

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux"
)

// secretNames returns n names of the usual shape.
func secretNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("service-%06d/db/password", i)
	}
	return names
}

// secretValue is the value of name: 32 bytes.
func secretValue(name string) string {
	return fmt.Sprintf("%-32.32s", strings.TrimPrefix(name, "service-"))
}

// secretDocument is a JSON document whose password is name's value.
func secretDocument(name string) string {
	return fmt.Sprintf(`{"username":"app","password":%q,"host":"db.internal","port":5432}`, secretValue(name))
}

// newSecret is what a backend answers for name: a version id as long as a UUID
// for each, one source for all.
func newSecret(name, value string) secretmux.Secret {
	version := fmt.Sprintf("%036.36s", name)
	return secretmux.NewSecret([]byte(value), secretmux.Meta{Version: version, Source: "bench:"})
}

// instant is a backend that answers at once and counts its calls.
type instant struct {
	calls atomic.Int64
	value func(name string) string
}

// Get implements secretmux.Provider.
func (p *instant) Get(_ context.Context, name string) (secretmux.Secret, error) {
	p.calls.Add(1)
	return newSecret(name, p.value(name)), nil
}

// newStore returns a store over p that is closed when the test ends.
func newStore(tb testing.TB, p secretmux.Provider, opts secretmux.Options) *secretmux.Store {
	tb.Helper()
	store, err := secretmux.New(p, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}
