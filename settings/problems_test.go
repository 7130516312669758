package settings_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// These are all classes of failure, with and without a default. Only a provably
// absent secret gets the default.
func TestDefaultsAndOptionalAgainstEachClass(t *testing.T) {
	type config struct {
		Required  string `secret:"a"`
		Defaulted string `secret:"b" default:"fallback"`
		Optional  string `secret:"c" optional:"true"`
	}
	classes := []error{
		secretmux.ErrDenied, secretmux.ErrDisabled, secretmux.ErrUnauthenticated, secretmux.ErrUnavailable, secretmux.ErrThrottled,
		secretmux.ErrCorrupt, secretmux.ErrTooLarge, secretmux.ErrInvalid, errors.ErrUnsupported,
	}
	for _, class := range classes {
		t.Run(class.Error(), func(t *testing.T) {
			r := newRig(t, map[string]string{"a": "1", "b": "2", "c": "3"})
			r.faults.Inject(faults.Always(faults.Step{Err: class}))
			got, err := settings.Load[config](t.Context(), r.store, settings.Options{})
			problems := problemsOf(t, got, err)
			if len(problems) != 3 {
				t.Fatalf("%v: want all three fields", err)
			}
			for i, p := range problems {
				if !errors.Is(p.Class, class) || p.Ref != string(rune('a'+i)) || p.Source != "memory:" {
					t.Errorf("%+v, want class %v", p, class)
				}
			}
		})
	}
	t.Run("not found", func(t *testing.T) {
		got, err := load[config](t, nil, settings.Options{})
		problems := problemsOf(t, got, err)
		if len(problems) != 1 || problems[0].Field != "Required" || !errors.Is(problems[0].Class, secretmux.ErrNotFound) || problems[0].Hint == "" {
			t.Errorf("%v, want only the required field", err)
		}
	})
	t.Run("empty", func(t *testing.T) {
		got := mustLoad[config](t, map[string]string{"a": "", "b": "", "c": ""})
		if got != (config{}) {
			t.Errorf("%+v: an empty value is a value, no reason for a default", got)
		}
	})
	t.Run("absent", func(t *testing.T) {
		if got := mustLoad[config](t, map[string]string{"a": "1"}); got != (config{Required: "1", Defaulted: "fallback"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestDefaultForAnAbsentFieldOfADocument(t *testing.T) {
	type config struct {
		Port int    `secret:"db#port" default:"5432"`
		Name string `secret:"db#name" optional:"true"`
	}
	for text, want := range map[string]config{
		`{"user":"u"}`:             {Port: 5432},
		`{"port":null}`:            {Port: 5432},
		`{"port":1,"name":"main"}`: {Port: 1, Name: "main"},
	} {
		if got := mustLoad[config](t, map[string]string{"db": text}); got != want {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{canary, `["` + canary + `"]`, `{"port":1,"port":2,"x":"` + canary + `"}`, ""} {
		_, err := load[config](t, map[string]string{"db": text}, settings.Options{})
		if p := problemsIn(t, err); !errors.Is(p[0].Class, secretmux.ErrInvalid) {
			t.Errorf("%v: a text that is not a document proves nothing absent", err)
		}
	}
}

// In this struct everything is wrong. All problems are reported, in the order of the
// fields.
func TestAllProblemsAtOnce(t *testing.T) {
	type inner struct {
		Denied secretmux.Secret
		Field  string `secret:"doc#missing"`
	}
	type config struct {
		Missing  string
		Port     int
		Group    inner            `prefix:"group/"`
		Short    secretmux.Secret `validate:"min=64"`
		Template string
		Fine     string
		Down     string
		Wrapped  []byte `encoding:"hex"`
	}
	r := newRig(t, map[string]string{
		"port": canary, "group/denied": canary, "group/doc": `{"x":"` + canary + `"}`, "short": canary,
		"template": "<" + canary + ">", "fine": "ok", "down": canary, "wrapped": canary,
	})
	r.faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}, "group/denied"),
		faults.Always(faults.Step{Err: secretmux.ErrUnavailable}, "down"))
	got, err := settings.Load[config](t.Context(), r.store, settings.Options{})
	noLeak(t, errors.New(sprint(got)))
	var told []string
	for _, p := range problemsIn(t, err) {
		told = append(told, p.Field+" "+p.Ref+" "+p.Class.Error())
	}
	want := []string{
		"Missing missing not found", "Port port unparsable", "Group.Denied group/denied denied",
		"Group.Field group/doc#missing not found", "Short short breaks a rule", "Template template placeholder",
		"Down down unavailable", "Wrapped wrapped unparsable",
	}
	if !slices.Equal(told, want) {
		t.Errorf("got %q\nwant %q", told, want)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != len(want) {
		t.Errorf("the table has %d lines, want one for each problem:\n%v", len(lines), err)
	}
	for _, class := range []error{secretmux.ErrNotFound, secretmux.ErrDenied, secretmux.ErrUnavailable, settings.ErrUnparsable, settings.ErrRule, settings.ErrPlaceholder, secretmux.ErrFieldNotFound} {
		if errors.Is(err, class) {
			t.Errorf("all of it is %v, though only a part is", class)
		}
	}
}

// Is must hold for all problems, because a denied secret beside an absent one is not
// "not found". As finds a problem only if there is exactly one.
func TestErrorIsWhatAllProblemsAre(t *testing.T) {
	type two struct{ A, B string }
	_, err := load[two](t, nil, settings.Options{})
	var one *secretmux.Error
	if !errors.Is(err, secretmux.ErrNotFound) || errors.As(err, &one) {
		t.Errorf("two absent ones: %v", err)
	}
	_, err = load[two](t, map[string]string{"a": "x"}, settings.Options{})
	if !errors.Is(err, secretmux.ErrNotFound) || !errors.As(err, &one) || one.Name != "b" {
		t.Errorf("one absent: %v", err)
	}
}

// Six fields that fail for one cause make one block, with the fields below the cause.
func TestOneCauseIsOneBlock(t *testing.T) {
	type six struct{ A, B, C, D, E, F string }
	r := newRig(t, nil)
	r.faults.Inject(faults.Always(faults.Step{Err: &secretmux.Error{Op: "get", Class: secretmux.ErrUnauthenticated, Hint: "log in"}}))
	_, err := settings.Load[six](t.Context(), r.store, settings.Options{})
	text := err.Error()
	if strings.Count(text, "unauthenticated") != 1 || strings.Count(text, "log in") != 1 || strings.Count(text, "\n") != 6 {
		t.Errorf("%s", text)
	}
	r.faults.Heal()
	_, err = settings.Load[six](t.Context(), r.store, settings.Options{})
	if text := err.Error(); strings.Count(text, "not found") != 6 {
		t.Errorf("absent fields have no common cause:\n%s", text)
	}
}

// The error reports the mistake behind an invalid secret: the line of a broken file,
// or the two variables that clash.
func TestProblemsShowTheirCause(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte("A=1\nB=\"open "+canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CLASH", canary)
	t.Setenv("CLASH_FILE", file)
	store, err := secretmux.Open(t.Context(), "env:?files=true,dotenv:"+filepath.ToSlash(file), local.Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	type config struct{ B, C, Clash string }
	_, err = settings.Load[config](t.Context(), store, settings.Options{})
	noLeak(t, err)
	text := err.Error()
	for _, want := range []string{"line 2", "CLASH_FILE"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Count(text, "line 2") != 1 {
		t.Errorf("the broken file is told twice:\n%s", text)
	}
}

func TestWhereAMissingSecretWasLookedFor(t *testing.T) {
	chain, err := secretmux.NewChain(memory.New(nil), memory.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	store, err := secretmux.New(chain, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	_, err = settings.Load[plain[string]](t.Context(), store, settings.Options{})
	p := problemsIn(t, err)[0]
	if p.Source != "memory:, memory:" || p.Hint == "" || !errors.Is(p.Class, secretmux.ErrNotFound) {
		t.Errorf("%+v, want both links", p)
	}
}

func TestEndedContextAndClosedStore(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRig(t, set("1"))
	_, err := settings.Load[plain[int]](ended, r.store, settings.Options{})
	if p := problemsIn(t, err)[0]; !errors.Is(err, context.Canceled) || p.Class != nil || !strings.Contains(p.String(), "cancelled") {
		t.Errorf("%v, want context.Canceled and no class", err)
	}
	_ = r.store.Close()
	if _, err = settings.Load[plain[int]](t.Context(), r.store, settings.Options{}); !errors.Is(err, secretmux.ErrClosed) {
		t.Errorf("%v, want ErrClosed", err)
	}
	if _, err = settings.Load[plain[int]](t.Context(), nil, settings.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("no store: %v, want ErrInvalid", err)
	}
}
