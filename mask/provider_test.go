package mask_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func wrap(p secretmux.Provider) secretmux.Provider { return mask.Provider(p, mask.New(mask.Options{})) }

// harness is a backend with all capabilities. Package faults has those that memory
// lacks.
func harness(*testing.T) *conformance.Harness {
	m, f := memory.New(nil), faults.New(faults.Options{})
	inject := func(step faults.Step, names ...string) { f.Inject(faults.Always(step, names...)) }
	return &conformance.Harness{
		Provider: f.Wrap(m),
		Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
		Delete:   func(_ *testing.T, name string) { m.Delete(name) },
		Disable:  func(_ *testing.T, name string) { m.Disable(name) },
		Fail:     func(_ *testing.T, name string, class error) { inject(faults.Step{Err: class}, name) },
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled,
			secretmux.ErrUnavailable, secretmux.ErrCorrupt, secretmux.ErrTooLarge,
		},
		Hang:           func(_ *testing.T, name string) { inject(faults.Step{Hang: true}, name) },
		Down:           func(*testing.T) { inject(faults.Step{Err: secretmux.ErrUnavailable}) },
		MissingVersion: "99",
		Calls:          func() int { return m.Calls().Total() },
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode,
			conformance.CapSymbols, conformance.CapLines, conformance.CapNested, conformance.CapMany,
			conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList, conformance.CapDescribe,
			conformance.CapCheck, conformance.CapDisable, conformance.CapFail, conformance.CapHang, conformance.CapDown,
		},
	}
}

func TestConformanceThrough(t *testing.T) { conformance.RunThrough(t, harness, wrap) }

// TestConformanceOfLess wraps a provider that has no optional interface: mask must
// not make one up.
func TestConformanceOfLess(t *testing.T) {
	conformance.RunThrough(t, func(*testing.T) *conformance.Harness {
		m := memory.New(nil)
		return &conformance.Harness{
			Provider: secretmux.ProviderFunc(m.Get),
			Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
			Delete:   func(_ *testing.T, name string) { m.Delete(name) },
			Calls:    func() int { return m.Calls().Total() },
		}
	}, wrap)
}

func TestProviderRemembersWhatPasses(t *testing.T) {
	ctx := context.Background()
	m := memory.New(map[string]string{"a": "value-of-a", "b": "value-of-b", "c": "value-of-c", "idle": "value-of-none"})
	m.Set("c", "newer-of-c")
	set := mask.New(mask.Options{})
	p := mask.Provider(m, set)
	if _, err := p.Get(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if results, err := secretmux.GetMany(ctx, p, []string{"b", "absent"}); err != nil || results[0].Err != nil || results[1].Err == nil {
		t.Fatalf("GetMany returned %v, %v", results, err)
	}
	if _, err := secretmux.GetVersion(ctx, p, "c", secretmux.VersionPrevious); err != nil {
		t.Fatal(err)
	}
	got := set.Redact("value-of-a value-of-b value-of-c newer-of-c value-of-none")
	if want := "[redacted:a] [redacted:b] [redacted:c] newer-of-c value-of-none"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := p.(interface{ String() string }).String(); got != "memory:" {
		t.Errorf("the decorated provider prints as %q, want the URI of the one below", got)
	}
	if err := secretmux.Close(p); err != nil || m.Calls().Close != 1 {
		t.Errorf("Close reached the provider below %d times, error %v", m.Calls().Close, err)
	}
}

func TestBackend(t *testing.T) {
	ctx := context.Background()
	m := memory.New(map[string]string{"db": `{"password":"hunter22"}`})
	set := mask.New(mask.Options{})
	store, err := secretmux.Open(ctx, "memory:", mask.Backend(m.Backend(), set))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	password, err := store.Get(ctx, "db#password")
	if err != nil || password.Source() != "memory:" {
		t.Fatalf("got a secret from %q and %v", password.Source(), err)
	}
	if got := set.Redact("hunter22"); got != "[redacted:db#password]" {
		t.Errorf("got %q", got)
	}
}

func TestBackendPassesFailuresOn(t *testing.T) {
	broken := secretmux.Backend{
		"fails": func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
			return nil, secretmux.Invalid("open", "it fails", "")
		},
		"none":    func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return nil, nil },
		"no func": nil,
	}
	masked := mask.Backend(broken, mask.New(mask.Options{}))
	for _, scheme := range []string{"fails", "none", "no func"} {
		_, err := secretmux.Open(context.Background(), scheme+":", secretmux.Backend{scheme: masked[scheme]})
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", scheme, err)
		}
	}
}

func TestProviderOfNothing(t *testing.T) {
	for name, p := range map[string]secretmux.Provider{
		"no provider": mask.Provider(nil, mask.New(mask.Options{})), "no set": mask.Provider(memory.New(nil), nil),
	} {
		if _, err := p.Get(context.Background(), "a"); !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "nil") {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// hooked has all methods that a link looks for besides the interfaces.
type hooked struct{ *memory.Provider }

func (hooked) DefaultTTL() time.Duration      { return 2 * time.Second }
func (hooked) BackendName(name string) string { return "prod/" + name }
func (hooked) Retries() bool                  { return false }

// A link must see through the decorator, or it would guess.
func TestProviderPassesHooksOn(t *testing.T) {
	type hooks interface {
		DefaultTTL() time.Duration
		BackendName(name string) string
		Retries() bool
	}
	with, without := wrap(hooked{memory.New(nil)}).(hooks), wrap(secretmux.ProviderFunc(nil)).(hooks)
	if with.DefaultTTL() != 2*time.Second || with.BackendName("a") != "prod/a" || with.Retries() {
		t.Errorf("got %v, %q and %t, want the inner provider's", with.DefaultTTL(), with.BackendName("a"), with.Retries())
	}
	if without.DefaultTTL() != 0 || without.BackendName("a") != "" || !without.Retries() {
		t.Errorf("got %v, %q and %t, want what a link takes without them", without.DefaultTTL(), without.BackendName("a"), without.Retries())
	}
}
