package conformance

import (
	"runtime"
	"strings"
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

// calls checks the numbers of Harness.Calls: opening makes no call, and each Get
// makes one, because a provider does not cache.
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

// closes opens, uses and closes several providers, and looks for goroutines that they
// left. The first round does not count: goroutines that stay once may belong to a
// shared pool, and goroutines that stay each time are a leak. It compares the numbers
// of the goroutines, because a mere count would miss a leak if goroutines of other
// tests end in the meantime.
func closes(tr *trial) {
	const rounds = 4
	tr.fresh("first", useAndClose)
	before := goroutines()
	for range rounds {
		tr.fresh("again", useAndClose)
	}
	if more := tr.left(before, rounds); more >= rounds {
		tr.Errorf("%d more goroutines after %d providers were closed", more, rounds)
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

// left waits until fewer than enough goroutines live that are not among those before,
// and returns how many do.
func (tr *trial) left(before map[string]bool, enough int) (more int) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for begin := time.Now(); ; <-tick.C {
		more = 0
		for id := range goroutines() {
			if !before[id] {
				more++
			}
		}
		if more < enough || time.Since(begin) >= tr.suite.patience {
			return more
		}
	}
}

// goroutines returns the numbers of all goroutines, from the first line of each in a
// dump: "goroutine 7 [running]:". A number is never given twice.
func goroutines() map[string]bool {
	dump := make([]byte, 1<<20)
	for {
		n := runtime.Stack(dump, true)
		if n < len(dump) {
			dump = dump[:n]
			break
		}
		dump = make([]byte, 2*len(dump))
	}
	ids := map[string]bool{}
	for line := range strings.Lines(string(dump)) {
		if rest, ok := strings.CutPrefix(line, "goroutine "); ok {
			id, _, _ := strings.Cut(rest, " ")
			ids[id] = true
		}
	}
	return ids
}
