package conformance

import (
	"fmt"
	"sync"

	"github.com/secretmux/secretmux"
)

func coreCases() []conformanceCase {
	return []conformanceCase{
		{name: "interfaces", run: interfaces},
		{name: "unclaimed", run: unclaimed},
		{name: "absent", run: absent},
		{name: "round trip", run: roundTrip},
		{name: "replaced", run: replaced},
		{name: "deleted", run: deleted},
		{name: "own copy", run: ownCopy},
		{name: "description", run: description},
		{name: "address", run: address},
		{name: "concurrent", run: concurrent},
	}
}

func absent(tr *trial) {
	secret, err := tr.get(tr.ctx(), "absent")
	tr.wantClass("Get of an absent secret of an empty backend", secret, err, secretmux.ErrNotFound)
	tr.Set(tr.t, "alpha", value("a"))
	secret, err = tr.get(tr.ctx(), "absent")
	tr.wantClass("Get of an absent secret", secret, err, secretmux.ErrNotFound)
}

func roundTrip(tr *trial) {
	for _, name := range []string{"alpha", "beta"} {
		tr.Set(tr.t, name, value(name))
	}
	for _, name := range []string{"alpha", "beta", "alpha"} {
		secret, err := tr.get(tr.ctx(), name)
		tr.wantValue("Get of "+name, secret, err, value(name))
	}
}

// replaced would catch a provider that caches. At the end it sets the first value
// again, like a roll-back.
func replaced(tr *trial) {
	version := ""
	for _, v := range []string{"one", "two", "three is longer", "4", "one"} {
		tr.Set(tr.t, "alpha", value(v))
		secret, err := tr.get(tr.ctx(), "alpha")
		tr.wantValue("Get after a new value was set", secret, err, value(v))
		if secret.Version() != "" && secret.Version() == version {
			tr.Errorf("another value has the version of the one before it")
		}
		version = secret.Version()
	}
}

func deleted(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	tr.Set(tr.t, "beta", value("b"))
	secret, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get before Delete", secret, err, value("a"))
	tr.Delete(tr.t, "alpha")
	secret, err = tr.get(tr.ctx(), "alpha")
	tr.wantClass("Get after Delete", secret, err, secretmux.ErrNotFound)
	secret, err = tr.get(tr.ctx(), "beta")
	tr.wantValue("Get of another after Delete", secret, err, value("b"))
	tr.Set(tr.t, "alpha", value("again"))
	secret, err = tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get after it was set again", secret, err, value("again"))
}

func ownCopy(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	first, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get", first, err, value("a"))
	clear(first.Bytes())
	tr.wantValue("a secret after the caller wiped its bytes", first, nil, value("a"))
	second, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get after another caller wiped its bytes", second, err, value("a"))
	tr.Set(tr.t, "alpha", value("b"))
	_, err = tr.get(tr.ctx(), "alpha")
	tr.clean(err)
	tr.wantValue("a secret after a new value was set", first, nil, value("a"))
}

// concurrent is for the race detector, and for a provider that mixes up answers.
func concurrent(tr *trial) {
	const readers, rounds = 8, 10
	for _, name := range []string{"alpha", "beta"} {
		tr.Set(tr.t, name, value(name))
	}
	ctx := tr.ctx()
	var wg sync.WaitGroup
	for reader := range readers {
		wg.Go(func() {
			for round := range rounds {
				switch (reader + round) % 4 {
				case 0:
					secret, err := tr.p.Get(ctx, "absent")
					tr.wantClass("concurrent Get of an absent secret", secret, err, secretmux.ErrNotFound)
				case 1:
					for _, r := range readMany(ctx, tr.p, "alpha", "beta") {
						tr.wantValue("concurrent GetMany", r.Secret, r.Err, value(r.Name))
					}
				case 2:
					secret, err := tr.p.Get(ctx, "alpha")
					tr.wantValue("concurrent Get", secret, err, value("alpha"))
				case 3:
					secret, err := tr.p.Get(ctx, "beta")
					tr.wantValue("concurrent Get", secret, err, value("beta"))
				}
			}
		})
	}
	wg.Wait()
}

// description compares the provider's description of a value with the description
// that comes through its decoration. A decorator that loses the TTL or a time changes
// how long the value is kept.
func description(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	bare, err := tr.Provider.Get(tr.ctx(), "alpha")
	tr.wantValue("Get of the provider itself", bare, err, value("a"))
	through, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get", through, err, value("a"))
	want, got := bare.Meta(), through.Meta()
	if got.Version != want.Version || !got.Created.Equal(want.Created) || !got.Expires.Equal(want.Expires) || got.TTL != want.TTL {
		tr.Errorf("the description is lost on the way: version %q, created %v, expires %v, TTL %v; the provider says %q, %v, %v, %v",
			got.Version, got.Created, got.Expires, got.TTL, want.Version, want.Created, want.Expires, want.TTL)
	}
	if got.Source == "" {
		tr.Errorf("the secret does not say where it comes from")
	}
}

// address opens the provider's own address and reads the same secret there. Explain,
// logs and errors show this address, so it must not lead to another place.
func address(tr *trial) {
	if tr.Reopen == nil {
		return
	}
	s, ok := tr.Provider.(fmt.Stringer)
	if !ok {
		tr.Errorf("the provider has no String method, so it has no address")
		return
	}
	tr.Set(tr.t, "alpha", value("a"))
	u, err := secretmux.ParseURI(s.String())
	if err != nil {
		tr.Errorf("the provider's address does not parse: %v", err)
		return
	}
	again := tr.Reopen(tr.t, u)
	secret, err := again.Get(tr.ctx(), "alpha")
	tr.wantValue("Get from the provider's address, opened again", secret, err, value("a"))
	named, ok := again.(fmt.Stringer)
	if !ok {
		tr.Errorf("the provider that was opened again has no String")
		return
	}
	if other := named.String(); other != s.String() {
		tr.Errorf("the address becomes %q when it is opened again, from %q", other, s.String())
	}
}
