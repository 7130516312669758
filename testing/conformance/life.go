package conformance

import (
	"runtime"
	"time"

	"github.com/secretmux/secretmux"
)

func lifeCases() []conformanceCase {
	return []conformanceCase{
		{name: "calls", run: calls},
		{name: "check", needs: []Capability{CapCheck}, run: check},
		{name: "close", run: closes},
	}
}

// calls sees what Harness.Calls can tell: opening makes none, and each Get makes
// one, as a provider does not cache.
func calls(tr *trial) {
	if tr.Calls == nil {
		return
	}
	if n := tr.Calls(); n != 0 {
		tr.Errorf("making the provider called the backend %d times, want none", n)
	}
	tr.Set(tr.t, "alpha", value("a"))
	before := tr.Calls()
	for range 3 {
		secret, err := tr.get(tr.ctx(), "alpha")
		tr.wantValue("Get", secret, err, value("a"))
		after := tr.Calls()
		if after == before {
			tr.Errorf("a Get did not reach the backend")
		}
		before = after
	}
}

func check(tr *trial) {
	if err := secretmux.Check(tr.ctx(), tr.p); err != nil {
		tr.clean(err)
		tr.Errorf("Check of a backend that works: %v", err)
	}
}

// closes opens, uses and closes several providers and counts goroutines. The
// first round does not count: what stays once may be a shared pool, what stays
// each time is a leak.
func closes(tr *trial) {
	const rounds = 4
	tr.fresh("first", useAndClose)
	before := tr.settle(0)
	for range rounds {
		tr.fresh("again", useAndClose)
	}
	if after := tr.settle(before + rounds - 1); after >= before+rounds {
		tr.Errorf("%d goroutines more after %d providers were closed", after-before, rounds)
	}
}

func useAndClose(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	secret, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get", secret, err, value("a"))
	secret, err = tr.get(tr.ctx(), "absent")
	tr.wantClass("Get of an absent secret", secret, err, secretmux.ErrNotFound)
	for _, what := range []string{"Close", "a second Close"} {
		if err := secretmux.Close(tr.p); err != nil {
			tr.clean(err)
			tr.Errorf("%s: %v", what, err)
		}
	}
}

// settle waits until there are at most enough goroutines, or until their number
// has stopped to change, and returns it.
func (tr *trial) settle(enough int) int {
	const calm = 10
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	last, same := runtime.NumGoroutine(), 0
	for begin := time.Now(); last > enough && time.Since(begin) < tr.suite.patience; {
		<-tick.C
		if n := runtime.NumGoroutine(); n != last {
			last, same = n, 0
		} else if same++; same >= calm && enough == 0 {
			break
		}
	}
	return last
}
