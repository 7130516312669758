package conformance

import (
	"context"

	"github.com/secretmux/secretmux"
)

func manyCases() []conformanceCase {
	return []conformanceCase{
		{name: "many", run: many},
		{name: "many in fewer calls", needs: []Capability{CapMany}, run: manyInFewer},
	}
}

// many is a core case: if a provider has no batch call, the package function makes
// one from Gets.
func many(tr *trial) {
	if got := readMany(tr.ctx(), tr.p); len(got) != 0 {
		tr.Errorf("GetMany of no names: %d results", len(got))
	}
	for _, name := range []string{"alpha", "beta"} {
		tr.Set(tr.t, name, value(name))
	}
	names := []string{"beta", "absent", "alpha", nameCanary + "/..", "beta", "absent"}
	got := readMany(tr.ctx(), tr.p, names...)
	if len(got) != len(names) {
		tr.Fatalf("GetMany of %d names: %d results", len(names), len(got))
	}
	for i, r := range got {
		if r.Name != names[i] {
			tr.Errorf("GetMany: result %d belongs to another name", i)
			continue
		}
		switch r.Name {
		case "absent":
			tr.wantClass("GetMany of an absent name", r.Secret, r.Err, secretmux.ErrNotFound)
		case "alpha", "beta":
			tr.wantValue("GetMany beside names that fail", r.Secret, r.Err, value(r.Name))
		default:
			tr.wantClass("GetMany of a malformed name", r.Secret, r.Err, secretmux.ErrInvalid)
		}
	}
}

// manyInFewer checks that a batch call is worth its name: for six names it must need
// fewer calls than names. Without Harness.Calls it checks only the answers.
func manyInFewer(tr *trial) {
	names := []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta"}
	for _, name := range names {
		tr.Set(tr.t, name, value(name))
	}
	before := tr.calls()
	for _, r := range readMany(tr.ctx(), tr.p, names...) {
		tr.wantValue("GetMany of "+r.Name, r.Secret, r.Err, value(r.Name))
	}
	if n := tr.calls() - before; n >= len(names) {
		tr.Errorf("GetMany of %d names made %d calls of the backend, want fewer", len(names), n)
	}
}

// readMany reads names. If the whole batch fails, each Result has its error.
func readMany(ctx context.Context, p secretmux.Provider, names ...string) []secretmux.Result {
	results, err := secretmux.GetMany(ctx, p, names)
	if err == nil {
		return results
	}
	for _, name := range names {
		results = append(results, secretmux.Result{Name: name, Err: err})
	}
	return results
}
