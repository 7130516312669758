package conformance

import (
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// patience is how long a call may continue after its ctx has ended, and how long
// goroutines may need to end after Close.
const patience = 5 * time.Second

// Run runs the suite. Each case is a subtest. It calls open for a harness of its own, and
// open registers the clean-up with t.Cleanup. Call Run from a test that is not parallel,
// because one case counts goroutines.
func Run(t *testing.T, open func(t *testing.T) *Harness) {
	t.Helper()
	RunThrough(t, open, func(p secretmux.Provider) secretmux.Provider { return p })
}

// RunThrough runs the suite like [Run], but wrap decorates each Harness.Provider. The
// decorator may be a chain, a cache, or a provider of your own that calls another one. It
// must keep every capability that the harness claims. The suite reads through the package
// functions of secretmux, such as [secretmux.GetMany]. A cache must keep nothing.
// Otherwise it fails the case that replaces a value.
func RunThrough(t *testing.T, open func(t *testing.T) *Harness, wrap func(secretmux.Provider) secretmux.Provider) {
	t.Helper()
	s := &suite{open: open, wrap: wrap, patience: patience, reporter: func(t *testing.T) reporter { return t }}
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) { s.run(t, c) })
	}
}

// Cases report failures through a reporter, so that the tests of this package can
// check that a case fails.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// suite is one run with one kind of harness.
type suite struct {
	open     func(t *testing.T) *Harness
	wrap     func(secretmux.Provider) secretmux.Provider
	reporter func(t *testing.T) reporter
	patience time.Duration
}

// conformanceCase is one promise. It is skipped unless the harness claims everything
// in needs.
type conformanceCase struct {
	name  string
	needs []Capability
	run   func(*trial)
}

func cases() []conformanceCase {
	var all []conformanceCase
	for _, some := range [][]conformanceCase{
		coreCases(), contextCases(), nameCases(), manyCases(), valueCases(),
		versionCases(), listCases(), describeCases(), failureCases(), lifeCases(),
	} {
		all = append(all, some...)
	}
	return all
}

func (s *suite) run(t *testing.T, c conformanceCase) {
	t.Helper()
	tr := s.trial(t)
	for _, need := range c.needs {
		if !tr.can(need) {
			t.Skipf("the harness does not claim %q", need)
		}
	}
	c.run(tr)
}

// trial opens a fresh harness and decorates its provider.
func (s *suite) trial(t *testing.T) *trial {
	t.Helper()
	report := s.reporter(t)
	h := s.open(t)
	if problem := h.problem(); problem != "" {
		report.Fatalf("the harness can't be used: %s", problem)
	}
	return &trial{reporter: report, Harness: h, t: t, suite: s, p: s.wrap(h.Provider)}
}
