package secretmux_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestProviderFuncNil(t *testing.T) {
	var f secretmux.ProviderFunc
	wantClass(t, secretmux.ErrInvalid)(f.Get(t.Context(), "a"))
	wantClass(t, secretmux.ErrInvalid)(chainOf(f).Get(t.Context(), "a"))
}

func TestCapabilitiesWithoutThem(t *testing.T) {
	b := has("one:", "a", "1")
	p := plain(b)
	wantSecret(t, "1")(secretmux.GetVersion(t.Context(), p, "a", secretmux.VersionCurrent))
	wantClass(t, errors.ErrUnsupported)(secretmux.GetVersion(t.Context(), p, "a", secretmux.VersionPrevious))
	wantClass(t, errors.ErrUnsupported)(secretmux.GetVersion(t.Context(), p, "a", "7"))
	items := 0
	for info, err := range secretmux.List(t.Context(), p, "") {
		items++
		wantClass(t, errors.ErrUnsupported)(secretmux.Secret{}, err)
		if info != (secretmux.Info{}) {
			t.Errorf("got %+v besides the error", info)
		}
	}
	if items != 1 {
		t.Errorf("List yields %d times, want one error", items)
	}
	if err := secretmux.Check(t.Context(), p); err != nil {
		t.Error(err)
	}
	if err := secretmux.Close(p); err != nil || b.Closes.Load() != 0 {
		t.Error(err, b.Closes.Load())
	}
}

func TestGetVersionChecksTheVersion(t *testing.T) {
	b := has("one:", "a", "1")
	for _, p := range []secretmux.Provider{b, plain(b), chainOf(b), replicasOf(b)} {
		for _, version := range []string{"", " ", canary + "\n", "a#" + canary, "a?" + canary, "a&" + canary, canary + "\xff", strings.Repeat(canary, 60)} {
			_, err := secretmux.GetVersion(t.Context(), p, "a", version)
			wantInvalid(t, err)
		}
	}
	if b.Gets.Load() != 0 {
		t.Error("the backend was asked")
	}
}

func TestGetManyHoldsTheProviderToItsContract(t *testing.T) {
	answer := func(names ...string) []secretmux.Result {
		results := make([]secretmux.Result, len(names))
		for i, name := range names {
			results[i] = secretmux.Result{Name: name, Secret: secretmux.NewSecret([]byte(name), secretmux.Meta{})}
		}
		return results
	}
	for name, results := range map[string][]secretmux.Result{
		"nothing": nil, "too few": answer("a"), "too many": answer("a", "b", "c"), "another order": answer("b", "a"), "another name": answer("a", "x"), "no names": answer("", ""),
	} {
		t.Run(name, func(t *testing.T) {
			f := manyFunc(func([]string) ([]secretmux.Result, error) { return results, nil })
			for _, p := range []secretmux.Provider{f, chainOf(f), replicasOf(f)} {
				for _, r := range getMany(t.Context(), p, "a", "b") {
					wantClass(t, secretmux.ErrCorrupt)(r.Secret, r.Err)
				}
			}
		})
	}
}

func TestGetManyError(t *testing.T) {
	f := manyFunc(func([]string) ([]secretmux.Result, error) {
		return []secretmux.Result{{Name: "a", Secret: secretmux.NewSecret(nil, secretmux.Meta{})}}, &secretmux.Error{Class: secretmux.ErrDenied}
	})
	for _, p := range []secretmux.Provider{f, chainOf(f, has("two:", "a", "2")), replicasOf(f, has("two:", "a", "2"))} {
		for i, r := range getMany(t.Context(), p, "a", "b") {
			wantClass(t, secretmux.ErrDenied)(r.Secret, r.Err)
			if r.Name != []string{"a", "b"}[i] {
				t.Errorf("name %q", r.Name)
			}
		}
	}
}

func TestGetManyRunsAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(time.Second)
			return secretmux.NewSecret(nil, secretmux.Meta{}), nil
		})
		names := make([]string, 64)
		for i := range names {
			names[i] = strings.Repeat("x", i+1)
		}
		start := time.Now()
		getMany(t.Context(), p, names...)
		if took := time.Since(start); most.Load() != 16 || took != 4*time.Second {
			t.Errorf("%d at a time in %v, want 16 in 4s", most.Load(), took)
		}
	})
}

// A provider that says "absent" with a zero Secret and no error must not answer.
func TestZeroSecretIsNoAnswer(t *testing.T) {
	get := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { return secretmux.Secret{}, nil })
	many := manyFunc(func(names []string) ([]secretmux.Result, error) {
		return []secretmux.Result{{Name: names[0]}, {Name: names[1]}}, nil
	})
	weak := has("weak:", "a", "x")
	wantClass(t, secretmux.ErrCorrupt)(chainOf(get, weak).Get(t.Context(), "a"))
	wantClass(t, secretmux.ErrCorrupt)(secretmux.GetVersion(t.Context(), replicasOf(get, weak), "a", "current"))
	wantClass(t, secretmux.ErrCorrupt)(only(getMany(t.Context(), chainOf(many, weak), "a", "b")[:1]))
	if weak.Gets.Load()+weak.Batches.Load() != 0 {
		t.Error("the next link was asked")
	}
}

func TestCloseClosesTheTree(t *testing.T) {
	bad := errors.New("does not close")
	bs := []*backend{has("1:"), has("2:"), has("3:"), has("4:")}
	bs[0].CloseErr, bs[2].CloseErr = bad, errors.New("neither")
	p := chainOf(bs[0], replicasOf(bs[1], secretmux.ContinueOn(bs[2], secretmux.ErrDenied)), plain(has("no closer:")), bs[3])
	err := secretmux.Close(p)
	if !errors.Is(err, bad) || !errors.Is(err, bs[2].CloseErr) {
		t.Errorf("err = %v", err)
	}
	for i, b := range bs {
		if b.Closes.Load() != 1 {
			t.Errorf("link %d was closed %d times", i+1, b.Closes.Load())
		}
	}
}

func TestCheckJoinsWhatFails(t *testing.T) {
	denied, down := failing("denied:", secretmux.ErrDenied), failing("down:", secretmux.ErrUnavailable)
	fine := has("fine:")
	for name, p := range map[string]secretmux.Provider{"chain": chainOf(denied, fine, down), "replicas": replicasOf(denied, fine, down)} {
		err := secretmux.Check(t.Context(), p)
		if !errors.Is(err, secretmux.ErrDenied) || !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("%s: err = %v", name, err)
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != 2 || !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "check from \"down:\"") }) {
			t.Errorf("%s: the error does not name the links: %v", name, err)
		}
		if err := secretmux.Check(t.Context(), chainOf(fine, plain(fine))); err != nil {
			t.Error(err)
		}
	}
	if fine.Gets.Load() != 0 || fine.Checks.Load() == 0 {
		t.Error("Check reads secrets, or does not check")
	}
}

// described is a provider of the test that describes what it is told to.
type described struct {
	secretmux.Provider
	describe func(ctx context.Context, name string) (secretmux.Info, error)
}

func (d described) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	return d.describe(ctx, name)
}

func says(info secretmux.Info, err error) described {
	return described{memory.New(nil), func(context.Context, string) (secretmux.Info, error) { return info, err }}
}

var made = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestDescribeFallsBackOnTheList(t *testing.T) {
	m := memory.New(nil)
	m.Put("db/a", []byte("x"), secretmux.Meta{Version: "7", Created: made})
	info, err := secretmux.Describe(t.Context(), m, "db/a")
	if err != nil || info.Name != "db/a" || info.Version != "7" || !info.VersionCreated.Equal(made) {
		t.Errorf("%+v, %v", info, err)
	}
	for name, class := range map[string]error{"db": secretmux.ErrNotFound, "db/ab": secretmux.ErrNotFound, "": secretmux.ErrInvalid, "a//b": secretmux.ErrInvalid} {
		if _, err := secretmux.Describe(t.Context(), m, name); secretmux.ClassOf(err) != class {
			t.Errorf("Describe(%q): %v, want %v", name, err, class)
		}
	}
	silent := secretmux.ProviderFunc(m.Get)
	if _, err := secretmux.Describe(t.Context(), silent, "db/a"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a provider without a list: %v", err)
	}
}

func TestDescribeInAChain(t *testing.T) {
	older := secretmux.Info{Name: "a", VersionCreated: made, Source: "vault:"}
	tests := []struct {
		name  string
		links []secretmux.Provider
		class error
	}{
		{"the first that has it", []secretmux.Provider{says(older, nil), says(secretmux.Info{Name: "a"}, nil)}, nil},
		{"after one that lacks it", []secretmux.Provider{memory.New(nil), says(older, nil)}, nil},
		{"denied", []secretmux.Provider{says(secretmux.Info{}, &secretmux.Error{Class: secretmux.ErrDenied}), says(older, nil)}, secretmux.ErrDenied},
		{"nobody can tell", []secretmux.Provider{secretmux.ProviderFunc(memory.New(nil).Get), says(older, nil)}, errors.ErrUnsupported},
		{"all lack it", []secretmux.Provider{memory.New(nil), memory.New(nil)}, secretmux.ErrNotFound},
		{"another secret's", []secretmux.Provider{says(secretmux.Info{Name: "b", VersionCreated: made}, nil)}, secretmux.ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			chain, err := secretmux.NewChain(tt.links...)
			if err != nil {
				t.Fatal(err)
			}
			info, err := chain.Describe(t.Context(), "a")
			if secretmux.ClassOf(err) != tt.class {
				t.Fatalf("%v, want %v", err, tt.class)
			}
			if err == nil && !info.VersionCreated.Equal(made) {
				t.Errorf("%+v", info)
			}
		})
	}
}

// A Describe that ignores its context is left behind, and holds up no other name.
func TestDescribeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		p := described{memory.New(nil), func(_ context.Context, name string) (secretmux.Info, error) {
			if name == "hangs" {
				<-release
			}
			return secretmux.Info{Name: name, VersionCreated: made}, nil
		}}
		s, err := secretmux.New(p, secretmux.Options{Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := s.Describe(t.Context(), "hangs"); !errors.Is(err, secretmux.ErrUnavailable) || time.Since(start) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if _, err := s.Describe(t.Context(), "other"); err != nil {
			t.Errorf("another name: %v", err)
		}
		_ = s.Close()
		if _, err := s.Describe(t.Context(), "other"); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

func TestDescribeOfAMember(t *testing.T) {
	m := memory.New(nil)
	m.Put("app", []byte(`{"db/a":"x"}`), secretmux.Meta{Version: "7", Created: made})
	s := openMemory(t, m, "memory:?document=app&only=db/*")
	info, err := s.Describe(t.Context(), "db/a")
	if err != nil || info.Name != "db/a" || info.Version != "7" || !info.VersionCreated.Equal(made) {
		t.Errorf("%+v, %v", info, err)
	}
	for _, name := range []string{"db/b", "elsewhere"} {
		if _, err := s.Describe(t.Context(), name); !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for info, err := range s.List(t.Context(), "") {
		if err != nil || !info.VersionCreated.Equal(made) {
			t.Errorf("the list has %+v, %v", info, err)
		}
	}
}

func openMemory(t *testing.T, m *memory.Provider, config string) *secretmux.Store {
	t.Helper()
	backend := secretmux.Backend{"memory": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return m, u.Params().Done()
	}}
	s, err := secretmux.Open(t.Context(), config, backend)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
