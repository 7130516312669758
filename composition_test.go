package secretmux_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func TestReplicasAnswerFromTheFirstThatCanBeReached(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled} {
		down, up, last := failing("down:", class), has("up:", "a", "1", "b", "1"), has("last:", "a", "2")
		r := replicasOf(down, up, last)
		got, err := r.Get(t.Context(), "a")
		wantSecret(t, "1")(got, err)
		if got.Source() != "up:" {
			t.Errorf("source %q", got.Source())
		}
		for _, result := range getMany(t.Context(), r, "a", "b") {
			wantSecret(t, "1")(result.Secret, result.Err)
		}
		if last.Gets.Load()+last.Batches.Load() != 0 {
			t.Error("a replica behind the one that answers was asked")
		}
		if r.String() != "down:|up:|last:" {
			t.Errorf("String is %q", r)
		}
	}
}

func TestReplicasStopAtEveryOtherClass(t *testing.T) {
	for _, class := range append(inFront(), secretmux.ErrNotFound) {
		if errors.Is(class, secretmux.ErrUnavailable) || errors.Is(class, secretmux.ErrThrottled) {
			continue
		}
		other := has("other:", "a", "x")
		r := replicasOf(failing("first:", class), other)
		wantClass(t, class)(r.Get(t.Context(), "a"))
		wantClass(t, class)(only(getMany(t.Context(), r, "a")))
		if other.Gets.Load()+other.Batches.Load() != 0 {
			t.Errorf("%v: the other replica was asked", class)
		}
		wantSecret(t, "x")(replicasOf(secretmux.ContinueOn(failing("first:", class), class), other).Get(t.Context(), "a"))
	}
}

func TestReplicasGetManyAsksTheNextForWhatFailed(t *testing.T) {
	flaky, other := has("flaky:", "a", "1"), has("other:", "a", "2", "b", "2")
	flaky.FailName = map[string]error{"b": &secretmux.Error{Class: secretmux.ErrUnavailable}}
	results := getMany(t.Context(), replicasOf(flaky, other), "a", "b", "c")
	wantSecret(t, "1")(results[0].Secret, results[0].Err)
	wantSecret(t, "2")(results[1].Secret, results[1].Err)
	wantClass(t, secretmux.ErrNotFound)(results[2].Secret, results[2].Err)
	if other.Gets.Load() != 1 || other.Batches.Load() != 0 {
		t.Errorf("the next replica got %d single reads and %d batches for one name", other.Gets.Load(), other.Batches.Load())
	}
}

func TestReplicasAllDown(t *testing.T) {
	first, second := failing("one:", secretmux.ErrUnavailable), failing("two:", secretmux.ErrThrottled)
	_, err := replicasOf(first, second).Get(t.Context(), "a")
	wantClass(t, secretmux.ErrUnavailable)(secretmux.Secret{}, err)
	var e *secretmux.Error
	if !errors.As(err, &e) || e.Source != "one:" || e.Hint != "a hint" || e.Name != "a" {
		t.Errorf("%+v", e)
	}
	var attempts *secretmux.FallbackError
	if !errors.As(err, &attempts) {
		t.Fatalf("no attempts in %v", err)
	}
	sources := []string{attempts.Attempts[0].Source, attempts.Attempts[1].Source}
	if !slices.Equal(sources, []string{"one:", "two:"}) || attempts.Error() != "no link answered: one: unavailable, two: throttled" {
		t.Errorf("%q, %v", sources, attempts)
	}
	// Unreachable replicas stop a chain: the secret is not provably absent.
	weak := has("weak:", "a", "x")
	wantClass(t, secretmux.ErrUnavailable)(chainOf(replicasOf(first, second), weak).Get(t.Context(), "a"))
	wantSecret(t, "x")(chainOf(secretmux.ContinueOn(replicasOf(first, second), secretmux.ErrUnavailable), weak).Get(t.Context(), "a"))
}

func TestReplicasOfPartlyPassedLinksStopAChain(t *testing.T) {
	denied := secretmux.ContinueOn(failing("denied:", secretmux.ErrDenied), secretmux.ErrDenied)
	r := replicasOf(denied, failing("down:", secretmux.ErrUnavailable))
	wantClass(t, secretmux.ErrDenied)(chainOf(r, has("weak:", "a", "x")).Get(t.Context(), "a"))
}

// A chain that has not the secret in any of its links answers "absent", as one link
// does: another replica must not be asked.
func TestAnAbsentSecretOfAChainIsAbsentInReplicas(t *testing.T) {
	other := has("other:", "a", "wrong")
	r := replicasOf(chainOf(has("one:"), has("two:")), other)
	wantClass(t, secretmux.ErrNotFound)(r.Get(t.Context(), "a"))
	for _, result := range getMany(t.Context(), r, "a", "b") {
		wantClass(t, secretmux.ErrNotFound)(result.Secret, result.Err)
	}
	if other.Gets.Load()+other.Batches.Load() != 0 {
		t.Error("the other replica was asked")
	}
}

// versioned is a backend with the secret a at version v9 and these others.
func versioned(uri string, others ...string) *backend {
	b := has(uri, "a", "current in "+uri)
	b.Versions = map[string]string{}
	for _, version := range others {
		b.Versions["a@"+version] = version + " in " + uri
	}
	return b
}

func TestChainGetVersion(t *testing.T) {
	absent := has("absent:")
	for name, c := range map[string]struct {
		links   []secretmux.Provider
		version string
		want    string
		class   error
	}{
		"the first has it":         {[]secretmux.Provider{versioned("one:", "1"), versioned("two:", "1")}, "1", "1 in one:", nil},
		"absent in the first":      {[]secretmux.Provider{absent, versioned("two:", "1")}, "1", "1 in two:", nil},
		"previous":                 {[]secretmux.Provider{absent, versioned("two:", "previous")}, "previous", "previous in two:", nil},
		"current":                  {[]secretmux.Provider{versioned("one:"), versioned("two:")}, "current", "current in one:", nil},
		"current, no versions":     {[]secretmux.Provider{plain(versioned("one:")), versioned("two:")}, "current", "current in one:", nil},
		"missing version stops":    {[]secretmux.Provider{versioned("one:", "2"), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"no versions, has it":      {[]secretmux.Provider{plain(versioned("one:")), versioned("two:", "1")}, "1", "", errors.ErrUnsupported},
		"no versions, absent":      {[]secretmux.Provider{plain(absent), versioned("two:", "1")}, "1", "1 in two:", nil},
		"no versions, denied":      {[]secretmux.Provider{plain(failing("denied:", secretmux.ErrDenied)), versioned("two:", "1")}, "1", "", secretmux.ErrDenied},
		"denied":                   {[]secretmux.Provider{failing("denied:", secretmux.ErrDenied), versioned("two:", "1")}, "1", "", secretmux.ErrDenied},
		"denied and on=denied":     {[]secretmux.Provider{secretmux.ContinueOn(failing("d:", secretmux.ErrDenied), secretmux.ErrDenied), versioned("two:", "1")}, "1", "1 in two:", nil},
		"on=notfound still stops":  {[]secretmux.Provider{secretmux.ContinueOn(versioned("one:"), secretmux.ErrNotFound), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"nested, missing version":  {[]secretmux.Provider{chainOf(absent, versioned("one:")), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"nested, absent":           {[]secretmux.Provider{chainOf(absent, absent), versioned("two:", "1")}, "1", "1 in two:", nil},
		"replicas, missing":        {[]secretmux.Provider{replicasOf(versioned("one:"), versioned("x:", "1")), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"wrapped, missing version": {[]secretmux.Provider{secretmux.ContinueOn(chainOf(versioned("one:"), absent)), versioned("two:", "1")}, "1", "", secretmux.ErrNotFound},
		"all absent":               {[]secretmux.Provider{absent, plain(absent)}, "1", "", secretmux.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretmux.GetVersion(t.Context(), chainOf(c.links...), "a", c.version)
			if c.class != nil {
				wantClass(t, c.class)(got, err)
				return
			}
			wantSecret(t, c.want)(got, err)
		})
	}
}

func TestReplicasGetVersion(t *testing.T) {
	down := failing("down:", secretmux.ErrUnavailable)
	for name, c := range map[string]struct {
		links []secretmux.Provider
		want  string
		class error
	}{
		"the first":         {[]secretmux.Provider{versioned("one:", "1"), versioned("two:", "1")}, "1 in one:", nil},
		"the first is down": {[]secretmux.Provider{down, versioned("two:", "1")}, "1 in two:", nil},
		"missing stops":     {[]secretmux.Provider{versioned("one:"), versioned("two:", "1")}, "", secretmux.ErrNotFound},
		"no versions":       {[]secretmux.Provider{plain(versioned("one:")), versioned("two:", "1")}, "", errors.ErrUnsupported},
		"all down":          {[]secretmux.Provider{down, down}, "", secretmux.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretmux.GetVersion(t.Context(), replicasOf(c.links...), "a", "1")
			if c.class != nil {
				wantClass(t, c.class)(got, err)
				return
			}
			wantSecret(t, c.want)(got, err)
		})
	}
}

// A store that is a link keeps its cache, its batches and its failures.
func TestStoreAsALink(t *testing.T) {
	first := newRig(t, secretmux.Options{}, map[string]string{"a": "first"})
	second := newRig(t, secretmux.Options{}, map[string]string{"a": "second", "b": "second", "c": "second"})
	chain := chainOf(first.Store, second.Store)
	for range 3 {
		results := getMany(t.Context(), chain, "a", "b", "c", "absent")
		for i, want := range []string{"first", "second", "second", ""} {
			if got := results[i].Secret.Reveal(); got != want {
				t.Errorf("%s = %q, %v; want %q", results[i].Name, got, results[i].Err, want)
			}
		}
		if err := results[3].Err; !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("absent failed with %v, want ErrNotFound", err)
		}
	}
	first.WantCalls(1)
	second.WantCalls(1)
	if first.Backend.Batches.Load() != 1 || second.Backend.Batches.Load() != 1 {
		t.Error("a chain of stores did not read as batches")
	}

	first.Fail(secretmux.ErrDenied)
	if err := first.Refresh(t.Context(), "a"); !errors.Is(err, secretmux.ErrDenied) {
		t.Fatal(err)
	}
	if got, err := chain.Get(t.Context(), "a"); !errors.Is(err, secretmux.ErrDenied) || !got.IsZero() {
		t.Errorf("a chain over a store that is denied answered %q, %v; want ErrDenied", got.Reveal(), err)
	}
}

// A version that the first link lacks is not the next link's version of that id.
func TestStoreAsALinkStopsAtAMissingVersion(t *testing.T) {
	first := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	second := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	second.Memory.Set("a", "2")
	chain := chainOf(first.Store, second.Store)
	for range 2 { // the second from what is remembered
		if got, err := chain.GetVersion(t.Context(), "a", "2"); !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("GetVersion answered %q, %v; want ErrNotFound", got.Reveal(), err)
		}
	}
	if got, err := chain.GetVersion(t.Context(), "a", "1"); err != nil || got.Reveal() != "1" {
		t.Errorf("GetVersion = %q, %v", got.Reveal(), err)
	}
}

func TestStoreOfAStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour}, map[string]string{"a": "1"})
		inner := r.Store
		outer, err := secretmux.New(chainOf(inner), secretmux.Options{TTL: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		r.Store = outer
		var told told
		r.OnRotate("a", told.Call)
		synctest.Wait()
		r.Want("a", "1")
		r.WantCalls(1)
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		r.Want("a", "2")
		told.Want(t, "1>2")

		r.Fail(secretmux.ErrUnavailable)
		r.Pass(10 * time.Minute)
		r.Want("a", "2")
		r.Faults.Heal()
		if err := r.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Check of the outer store = %v, want it to tell that the inner one serves stale values", err)
		}
		if err := outer.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := inner.Get(t.Context(), "a"); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("the inner store is not closed: %v", err)
		}
		if n := r.Backend.Closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

func TestStoreListAndString(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"app/a": "1", "app/b": "2", "other": "3"})
	var names []string
	for info, err := range r.List(t.Context(), "app/") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"app/a", "app/b"}) {
		t.Errorf("List yields %q", names)
	}
	for range r.List(t.Context(), "") {
		break // an iterator that went on would panic
	}
	r.WantCalls(0)
	if got := r.String(); got != "test:" {
		t.Errorf("String = %q", got)
	}
	r.Reopen("memory:?prefix=app/&ttl=1m|memory:,memory:?prefix=x/", secretmux.Options{})
	if got := r.String(); got != "memory:?prefix=app%2F&ttl=1m|memory:,memory:?prefix=x%2F" {
		t.Errorf("String = %q", got)
	}
	if len(r.Status()) != 0 {
		t.Error("List left something in the cache")
	}
}
