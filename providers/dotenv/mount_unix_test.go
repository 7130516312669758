//go:build unix

package dotenv_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/testing/conformance"
)

// mount serves a FIFO to one reader after the other, as 1Password does.
type mount struct {
	mu     sync.Mutex
	values map[string]string
	more   string
}

func (m *mount) content() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(m.values)) {
		b.WriteString(key + "=" + m.values[key] + "\n")
	}
	return b.String() + "# end\n" + m.more
}

func (m *mount) change(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// serve writes to each reader until the test ends. It leaves each reader a moment to
// see the end: a writer that opens the FIFO again at once writes to the same reader.
func (m *mount) serve(t *testing.T, path string) {
	t.Helper()
	ctx, done := t.Context(), make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			f, err := os.OpenFile(path, os.O_WRONLY, 0) // until a reader comes
			if err != nil {
				return
			}
			_, _ = f.WriteString(m.content())
			_ = f.Close()
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() {
		// A reader that opens and closes the FIFO frees a writer that waits for a
		// reader.
		for {
			if f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
				_ = f.Close()
			}
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
}

func TestConformanceFIFO(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		path := mkfifo(t)
		m := &mount{values: make(map[string]string)}
		m.serve(t, path)
		return &conformance.Harness{
			Provider: open(t, path, dotenv.Options{FIFO: true, KeepEmpty: true}),
			Set: func(_ *testing.T, name string, value []byte) {
				m.change(func() { m.values[env.Name("", name)] = quote(string(value)) })
			},
			Delete: func(_ *testing.T, name string) {
				m.change(func() { delete(m.values, env.Name("", name)) })
			},
			Fails: []error{secretmux.ErrInvalid, secretmux.ErrTooLarge},
			Fail: func(_ *testing.T, name string, class error) {
				m.change(func() {
					m.more = "- " + m.values[env.Name("", name)] + "\n"
					if errors.Is(class, secretmux.ErrTooLarge) {
						m.more = strings.Repeat("# "+m.values[env.Name("", name)]+"\n", 1<<16)
					}
				})
			},
			Capabilities: []conformance.Capability{
				conformance.CapEmpty, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
				conformance.CapNested, conformance.CapMany, conformance.CapList, conformance.CapCheck, conformance.CapFail,
			},
		}
	})
}
