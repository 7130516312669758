package conformance

import (
	"context"
	"strings"

	"github.com/secretmux/secretmux"
)

func listCases() []conformanceCase {
	needs := []Capability{CapList}
	return []conformanceCase{
		{name: "list", needs: needs, run: list},
		{name: "list by prefix", needs: needs, run: listByPrefix},
		{name: "list ends early", needs: needs, run: listEndsEarly},
	}
}

// listOf collects a list. It fails the case if the list continues after an error.
func (tr *trial) listOf(ctx context.Context, p secretmux.Provider, prefix string) ([]secretmux.Info, error) {
	tr.Helper()
	var (
		infos []secretmux.Info
		last  error
	)
	tr.returns(ctx, "List", func() {
		for info, err := range secretmux.List(ctx, p, prefix) {
			if last != nil {
				tr.Errorf("List goes on after an error")
				return
			}
			if last = err; err == nil {
				infos = append(infos, info)
			}
		}
	})
	tr.clean(last)
	return infos, last
}

// named returns the listed name whose value is want. A backend may list another
// spelling than the one that was set, like environment variables.
func (tr *trial) named(infos []secretmux.Info, want []byte) string {
	tr.Helper()
	for _, info := range infos {
		secret, err := tr.get(tr.ctx(), info.Name)
		if err == nil && secret.Equal(secretmux.NewSecret(want, secretmux.Meta{})) {
			return info.Name
		}
	}
	return ""
}

func list(tr *trial) {
	for _, name := range []string{"alpha", "beta"} {
		tr.Set(tr.t, name, value(name))
	}
	infos, err := tr.listOf(tr.ctx(), tr.p, "")
	if err != nil {
		tr.Errorf("List: %v", err)
	}
	seen := map[string]bool{}
	for _, info := range infos {
		if seen[info.Name] {
			tr.Errorf("List yields a name twice")
		}
		seen[info.Name] = true
		if leaks(info.Name + info.Version + info.Source) {
			tr.Errorf("List yields a part of a value")
		}
		if _, err := tr.get(tr.ctx(), info.Name); err != nil {
			tr.Errorf("List yields a name that Get does not answer for: %v", err)
		}
	}
	for _, name := range []string{"alpha", "beta"} {
		if tr.named(infos, value(name)) == "" {
			tr.Errorf("List does not yield %s", name)
		}
	}
	tr.Delete(tr.t, "alpha")
	infos, err = tr.listOf(tr.ctx(), tr.p, "")
	if err != nil || tr.named(infos, value("beta")) == "" {
		tr.Errorf("List after Delete does not yield the other name: %v", err)
	}
	for _, info := range infos {
		if _, err := tr.get(tr.ctx(), info.Name); err != nil {
			tr.Errorf("List yields a deleted secret: %v", err)
		}
	}
}

func listByPrefix(tr *trial) {
	for _, name := range []string{"alpha", "alphabet", "beta"} {
		tr.Set(tr.t, name, value(name))
	}
	all, err := tr.listOf(tr.ctx(), tr.p, "")
	prefix := tr.named(all, value("alpha"))
	if err != nil || prefix == "" {
		tr.Fatalf("List does not yield alpha: %v", err)
	}
	some, err := tr.listOf(tr.ctx(), tr.p, prefix)
	if err != nil {
		tr.Errorf("List with a prefix: %v", err)
	}
	for _, info := range some {
		if !strings.HasPrefix(info.Name, prefix) {
			tr.Errorf("List yields a name without the prefix")
		}
	}
	for _, name := range []string{"alpha", "alphabet"} {
		if tr.named(some, value(name)) == "" {
			tr.Errorf("List with the prefix of %s does not yield it", name)
		}
	}
	if none, err := tr.listOf(tr.ctx(), tr.p, "nothingstartslikethis"); err != nil || len(none) > 0 {
		tr.Errorf("List with a prefix that no name has: %d names, error %v", len(none), err)
	}
}

func listEndsEarly(tr *trial) {
	for _, name := range []string{"alpha", "beta", "gamma"} {
		tr.Set(tr.t, name, value(name))
	}
	n := 0
	secretmux.List(tr.ctx(), tr.p, "")(func(secretmux.Info, error) bool {
		n++
		return false // a range statement would panic after this
	})
	if n != 1 {
		tr.Errorf("List of three secrets yields %d times to a caller who wants one", n)
	}
	ctx, cancel := context.WithCancel(tr.t.Context())
	cancel()
	_, err := tr.listOf(ctx, tr.p, "")
	tr.wantContext("List with a context that ended", secretmux.Secret{}, err, context.Canceled)
}
