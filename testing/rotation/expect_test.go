package rotation_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/memory"
)

// rooted is a backend that puts a folder, or a slash, before each name, and says so.
type rooted struct {
	*memory.Provider
	root string
}

func (r rooted) BackendName(name string) string { return r.root + name }

func expectRig(t *testing.T, root string) (*memory.Provider, *secretmux.Store) {
	t.Helper()
	m := memory.New(map[string]string{"a": "old", "db/b": "old"})
	s, err := secretmux.New(rooted{m, root}, secretmux.Options{TTL: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return m, s
}

// A message has the backend's own name, with a leading slash.
func TestExpectTakesTheBackendsName(t *testing.T) {
	for root, name := range map[string]string{"": "db/b", "/": "/db/b", "/prod/": "/prod/db/b", "app/": "app/db/b"} {
		t.Run(root, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, s := expectRig(t, root)
				rigs.WantSecret(t, "old")(s.Get(t.Context(), "db/b"))
				m.Set("db/b", "new")
				if s.Expect("other/db/b", "2", 0) || !s.Expect(name, "2", 0) {
					t.Error("want a read only for the backend's name")
				}
				synctest.Wait()
				rigs.WantSecret(t, "new")(s.Get(t.Context(), "db/b"))
				if s.Expect(name, "2", 0) {
					t.Error("a read of what is served")
				}
			})
		})
	}
}

// After the current version has changed, the previous one is another one. A version
// that is asked for by its id never changes.
func TestExpectReadsEachVersionOnce(t *testing.T) {
	for _, name := range []string{"a", "/prod/a"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, s := expectRig(t, "/prod/")
				m.Set("a", "current")
				for _, ref := range []string{"a", "a?version=previous", "a?version=1"} {
					if _, err := s.Get(t.Context(), ref); err != nil {
						t.Fatal(err)
					}
				}
				m.Set("a", "next")
				before := m.Calls().Total()
				s.Expect(name, "3", 0)
				time.Sleep(time.Minute)
				if n := m.Calls().Total() - before; n != 2 {
					t.Errorf("%d reads, want one each of the current and the previous version", n)
				}
				rigs.WantSecret(t, "next")(s.Get(t.Context(), "a"))
				rigs.WantSecret(t, "current")(s.Get(t.Context(), "a?version=previous"))
				rigs.WantSecret(t, "old")(s.Get(t.Context(), "a?version=1"))
			})
		})
	}
}

func TestExpectReadsThePreviousVersionWhereNothingElseIsKept(t *testing.T) {
	for _, name := range []string{"a", "/prod/a"} {
		synctest.Test(t, func(t *testing.T) {
			m, s := expectRig(t, "/prod/")
			m.Set("a", "current")
			rigs.WantSecret(t, "old")(s.Get(t.Context(), "a?version=previous"))
			m.Set("a", "next")
			s.Expect(name, "3", 0)
			synctest.Wait()
			rigs.WantSecret(t, "current")(s.Get(t.Context(), "a?version=previous"))
		})
	}
}

func TestExpectLogsNoName(t *testing.T) {
	const canary = "canary-5309"
	var log bytes.Buffer
	s, err := secretmux.New(memory.New(nil), secretmux.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{"", "//" + canary, "a/../" + canary, canary + "#f", "/"} {
		if s.Expect(name, "1", 0) {
			t.Errorf("a read of an invalid name")
		}
	}
	if n := strings.Count(log.String(), "Expect was ignored"); n != 4 || strings.Contains(log.String(), canary) {
		t.Errorf("%d of 4 invalid names were logged:\n%s", n, log.String())
	}
}
