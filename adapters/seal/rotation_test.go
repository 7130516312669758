package seal_test

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// Two instances go through five rotations, and the second is a second late. At every
// moment each opens the values that the other seals.
func TestAddPromoteAndDisable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := newKeyset()
		m := memory.New(map[string]string{"k": text})
		a, b := newInstance(t, m, secretmux.Options{Validate: seal.Validate("k")}), newInstance(t, m, secretmux.Options{Validate: seal.Validate("k")})
		stored := a.seal(canary, "row 1")
		opened := 0
		exchange := func() {
			for _, from := range []*instance{a, b} {
				sealed := from.seal(canary, "row 2")
				for _, to := range []*instance{a, b} {
					to.opens(sealed, canary, "row 2")
					to.opens(stored, canary, "row 1")
					opened += 2
				}
			}
		}
		step := func(next string) {
			text = next
			m.Set("k", text)
			exchange()
			a.learn()
			exchange()
			time.Sleep(time.Second)
			exchange()
			b.learn()
			exchange()
		}
		for range 5 {
			step(added(text))
			if a.Old(stored) {
				t.Fatal("a key that was only added seals already")
			}
			step(promoted(text))
			if !a.Old(stored) || !b.Old(stored) {
				t.Fatal("nothing says that the value should be sealed anew")
			}
			value := must(a.Open(t.Context(), stored, []byte("row 1")))
			was := stored
			stored = a.seal(string(value), "row 1")
			step(disabled(text))
			if _, err := b.Open(t.Context(), was, []byte("row 1")); !errors.Is(err, secretmux.ErrCorrupt) {
				t.Errorf("a disabled key opens: %v", err)
			}
			text = with(text, nil) // it was disabled, so it may be missing
			step(text)
		}
		t.Logf("%d Opens, none failed", opened)
	})
}

// Another instance promoted this key before this instance saw it.
func TestAnUnknownKeyIsLookedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := newKeyset()
		m := memory.New(map[string]string{"k": text})
		late := newInstance(t, m, secretmux.Options{})
		m.Set("k", promoted(added(text)))
		sealed := newInstance(t, m, secretmux.Options{}).seal(canary, "")
		m.ResetCalls()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { late.opens(sealed, canary, "") })
		}
		wg.Wait()
		if n := m.Reads("k"); n != 1 {
			t.Errorf("%d reads, want 1", n)
		}
	})
}

func TestForgedKeyIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory.New(map[string]string{"k": newKeyset()})
		i := newInstance(t, m, secretmux.Options{})
		sealed := i.seal(canary, "")
		m.ResetCalls()
		for n := range uint32(10_000) {
			forged := append([]byte{}, sealed...)
			binary.BigEndian.PutUint32(forged[1:], n)
			if _, err := i.Open(t.Context(), forged, nil); !errors.Is(err, secretmux.ErrCorrupt) {
				t.Fatalf("%v", err)
			}
			time.Sleep(time.Millisecond)
		}
		t.Logf("%d reads", m.Reads("k"))
		if n := m.Reads("k"); n > 8 {
			t.Errorf("%d reads in 10 s, want at most 8", n)
		}
	})
}

// A new keyset that can't be used does not replace the old one, and Status shows it.
func TestABadKeyset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory.New(map[string]string{"k": newKeyset()})
		i := newInstance(t, m, secretmux.Options{})
		sealed := i.seal(canary, "")
		m.Set("k", `{"primaryKeyId":1,"key":["`+canary+`"]}`)
		i.learn()
		i.opens(sealed, canary, "")
		i.opens(i.seal(canary, ""), canary, "")
		forged := append([]byte{1, 0, 0, 0, 9}, sealed[5:]...)
		if _, err := i.Open(t.Context(), forged, nil); !errors.Is(err, secretmux.ErrCorrupt) {
			t.Errorf("%v", err)
		}
		err := i.store.Check(t.Context())
		if err == nil {
			t.Error("Check tells nothing")
		}
		conformance.NoLeak(t, err, canary)
	})
}

// While the backend is down Open's error has the class of the backend's error.
func TestAKeyThatCanNotBeLookedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, f := memory.New(map[string]string{"k": newKeyset()}), faults.New(faults.Options{})
		store := must(secretmux.New(f.Wrap(m), secretmux.Options{}))
		defer func() { _ = store.Close() }()
		b := must(seal.New(t.Context(), store, "k", seal.Options{}))
		defer func() { _ = b.Close() }()
		f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
		foreign := must(tinkOf(newKeyset()).Encrypt([]byte(canary), nil))
		if _, err := b.Open(t.Context(), foreign, nil); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		time.Sleep(time.Minute)
		if _, err := b.Open(ctx, foreign, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

func TestValidate(t *testing.T) {
	one := newKeyset()
	two := added(one)
	secret := func(text string) secretmux.Secret { return secretmux.NewSecret([]byte(text), secretmux.Meta{}) }
	for name, tt := range map[string]struct {
		old, next string
		good      bool
	}{
		"added":                  {one, two, true},
		"promoted":               {two, promoted(two), true},
		"disabled":               {promoted(two), disabled(promoted(two)), true},
		"gone after it was off":  {disabled(promoted(two)), with(promoted(two), nil), true},
		"another form":           {one, binaryOf(two), true},
		"an enabled key is gone": {promoted(two), with(promoted(two), nil), false},
		"destroyed while on":     {promoted(two), with(promoted(two), func(key map[string]any) { key["status"] = "DESTROYED" }), false},
		"another keyset":         {one, newKeyset(), false},
		"no primary":             {promoted(two), disabled(one), false},
		"not a keyset":           {one, canary, false},
		"the old one was broken": {canary, one, true},
	} {
		t.Run(name, func(t *testing.T) {
			err := seal.Validate("k")(t.Context(), secretmux.Rotation{Ref: "k", Old: secret(tt.old), New: secret(tt.next)})
			if (err == nil) != tt.good || err != nil && !errors.Is(err, secretmux.ErrInvalid) {
				t.Errorf("%v", err)
			}
			if err != nil {
				conformance.NoLeak(t, err, canary)
			}
			inField := func(text string) secretmux.Secret {
				return secret(`{"keys":` + string(must(jsonString(text))) + `}`)
			}
			if tt.good && name != "another form" {
				if err := seal.Validate("doc#keys")(t.Context(), secretmux.Rotation{Ref: "doc", Old: inField(tt.old), New: inField(tt.next)}); err != nil {
					t.Errorf("in a field: %v", err)
				}
			}
		})
	}
	v := seal.Validate("k")
	if err := v(t.Context(), secretmux.Rotation{Ref: "k", New: secret(one)}); err != nil {
		t.Errorf("without an old one: %v", err)
	}
	if err := v(t.Context(), secretmux.Rotation{Ref: "another", Old: secret(one), New: secret("x")}); err != nil {
		t.Errorf("another secret: %v", err)
	}
	if err := seal.Validate("")(t.Context(), secretmux.Rotation{Ref: "another"}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a bad reference: %v", err)
	}
}
