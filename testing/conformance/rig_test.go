package conformance

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// openGood opens a harness that has all capabilities and passes.
func openGood(*testing.T) *Harness {
	m, f := memory.New(nil), faults.New(faults.Options{})
	inject := func(step faults.Step, names ...string) { f.Inject(faults.Always(step, names...)) }
	return &Harness{
		Provider:       f.Wrap(m),
		Set:            func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
		Delete:         func(_ *testing.T, name string) { m.Delete(name) },
		Disable:        func(_ *testing.T, name string) { m.Disable(name) },
		Fail:           func(_ *testing.T, name string, class error) { inject(faults.Step{Err: class}, name) },
		Fails:          []error{secretmux.ErrDenied, secretmux.ErrThrottled},
		Hang:           func(_ *testing.T, name string) { inject(faults.Step{Hang: true}, name) },
		Down:           func(*testing.T) { inject(faults.Step{Err: secretmux.ErrUnavailable}) },
		MissingVersion: "99",
		Calls:          func() int { return m.Calls().Total() },
		Capabilities: []Capability{
			CapEmpty, CapBinary, CapLarge, CapUnicode, CapSymbols, CapLines, CapNested, CapMany, CapVersions,
			CapPrevious, CapCreated, CapList, CapDescribe, CapCheck, CapDisable, CapFail, CapHang, CapDown,
		},
	}
}

// double wraps a good provider and does one thing wrong: the funcs that are set
// replace what the provider would do.
type double struct {
	secretmux.Provider
	get        func(ctx context.Context, name string) (secretmux.Secret, error)
	getVersion func(ctx context.Context, name, version string) (secretmux.Secret, error)
	getMany    func(ctx context.Context, names []string) ([]secretmux.Result, error)
	list       func(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error]
	describe   func(ctx context.Context, name string) (secretmux.Info, error)
	check      func(ctx context.Context) error
	close      func() error
	address    string
}

func (d *double) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if d.get != nil {
		return d.get(ctx, name)
	}
	return d.Provider.Get(ctx, name)
}

func (d *double) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if d.getVersion != nil {
		return d.getVersion(ctx, name, version)
	}
	return secretmux.GetVersion(ctx, d.Provider, name, version)
}

func (d *double) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	if d.getMany != nil {
		return d.getMany(ctx, names)
	}
	return secretmux.GetMany(ctx, d.Provider, names)
}

func (d *double) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	if d.list != nil {
		return d.list(ctx, prefix)
	}
	return secretmux.List(ctx, d.Provider, prefix)
}

func (d *double) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	if d.describe != nil {
		return d.describe(ctx, name)
	}
	return secretmux.Describe(ctx, d.Provider, name)
}

func (d *double) Check(ctx context.Context) error {
	if d.check != nil {
		return d.check(ctx)
	}
	return secretmux.Check(ctx, d.Provider)
}

func (d *double) Close() error {
	if d.close != nil {
		return d.close()
	}
	return secretmux.Close(d.Provider)
}

// recorder takes failures down instead of failing the test.
type recorder struct {
	t     *testing.T
	mu    *sync.Mutex
	texts *[]string
}

func (r recorder) Helper() { r.t.Helper() }

func (r recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*r.texts = append(*r.texts, fmt.Sprintf(format, args...))
}

// Fatalf ends the case by a skip, the one way that leaves the test intact.
func (r recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.t.SkipNow()
}

// failuresOf runs a case in the way that RunThrough does and returns what it
// reports.
func failuresOf(t *testing.T, c conformanceCase, open func(t *testing.T) *Harness) []string {
	t.Helper()
	var (
		mu    sync.Mutex
		texts []string
	)
	s := &suite{
		open:     open,
		wrap:     func(p secretmux.Provider) secretmux.Provider { return p },
		patience: 500 * time.Millisecond,
		reporter: func(t *testing.T) reporter { return recorder{t: t, mu: &mu, texts: &texts} },
	}
	t.Run(c.name, func(t *testing.T) { s.run(t, c) })
	mu.Lock()
	defer mu.Unlock()
	return texts
}

func (d *double) String() string {
	if d.address != "" {
		return d.address
	}
	return d.Provider.(fmt.Stringer).String()
}
