package secretmux_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func TestNewSecretCopies(t *testing.T) {
	value := []byte("before")
	s := secretmux.NewSecret(value, secretmux.Meta{})
	copy(value, "behind")
	wantSecret(t, "before")(s, nil)
	copy(s.Bytes(), "behind")
	wantSecret(t, "before")(s, nil)
	_ = append(s.Bytes(), "more"...)
	wantSecret(t, "before")(s, nil)
}

func TestSecretValues(t *testing.T) {
	values := map[string][]byte{
		"nil": nil, "empty": {}, "text": []byte("a"), "binary": {0, 0xff, 0xfe, '\n'}, "half UTF-8": {0xc3},
		"unicode": []byte("pässwörd 密码"), "large": bytes.Repeat([]byte{7}, 64<<10),
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			s := secretmux.NewSecret(value, secretmux.Meta{})
			if !bytes.Equal(s.Bytes(), value) || s.Reveal() != string(value) {
				t.Error("the value came back changed")
			}
			if s.IsZero() || s.Bytes() == nil {
				t.Error("a value passes for none")
			}
		})
	}
}

func TestZeroSecret(t *testing.T) {
	var s secretmux.Secret
	if !s.IsZero() || s.Reveal() != "" || s.Bytes() != nil || s.Version() != "" || s.Source() != "" {
		t.Error("the zero Secret is not empty")
	}
	if !s.Created().IsZero() || !s.Expires().IsZero() {
		t.Error("the zero Secret has times")
	}
	_, err := s.Field("a")
	wantInvalid(t, err)
	if got := s.String(); got != "[redacted]" {
		t.Errorf("it prints %q", got)
	}
}

func TestSecretMeta(t *testing.T) {
	created, expires := time.Unix(1, 0), time.Unix(2, 0)
	s := secretmux.NewSecret([]byte(`{"a":"x"}`), secretmux.Meta{Version: "7", Created: created, Expires: expires, Source: "memory:"})
	field, err := s.Field("a")
	wantSecret(t, "x")(field, err)
	for name, s := range map[string]secretmux.Secret{"whole": s, "field": field} {
		if s.Version() != "7" || !s.Created().Equal(created) || !s.Expires().Equal(expires) || s.Source() != "memory:" {
			t.Errorf("the %s lost its description", name)
		}
	}
}

func TestSecretEqual(t *testing.T) {
	secret := func(value string, version string) secretmux.Secret {
		return secretmux.NewSecret([]byte(value), secretmux.Meta{Version: version})
	}
	cases := map[string]struct {
		a, b secretmux.Secret
		want bool
	}{
		"same":               {secret("a", "1"), secret("a", "2"), true},
		"other":              {secret("a", "1"), secret("b", "1"), false},
		"longer":             {secret("a", "1"), secret("aa", "1"), false},
		"empty and zero":     {secret("", "1"), secretmux.Secret{}, true},
		"something and zero": {secret("a", "1"), secretmux.Secret{}, false},
	}
	for name, c := range cases {
		if c.a.Equal(c.b) != c.want || c.b.Equal(c.a) != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}

func TestSecretDoesNotCompare(t *testing.T) {
	if reflect.TypeFor[secretmux.Secret]().Comparable() {
		t.Error("== compiles on secrets; it would compare addresses")
	}
}

func TestSecretIsSafeForConcurrentUse(t *testing.T) {
	s := secretmux.NewSecret([]byte(`{"a":"`+strings.Repeat("x", 100)+`"}`), secretmux.Meta{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if _, err := s.Field("a"); err != nil {
					t.Error(err)
				}
				s.Bytes()[0] = 'y'
			}
		})
	}
	wg.Wait()
}

func TestWithValueKeepsTheDescription(t *testing.T) {
	meta := secretmux.Meta{Version: "7", Created: time.Unix(1, 0), Expires: time.Unix(2, 0), Source: "x:", TTL: 3 * time.Second}
	s := secretmux.NewSecret([]byte("sealed"), meta)
	value := []byte("opened")
	opened := s.WithValue(value)
	value[0] = '!'
	if opened.Reveal() != "opened" || opened.Meta() != meta || s.Reveal() != "sealed" || s.Meta() != meta {
		t.Errorf("%q %+v, and the original %q", opened.Reveal(), opened.Meta(), s.Reveal())
	}
	if empty := (secretmux.Secret{}).WithValue(nil); empty.IsZero() || empty.Reveal() != "" {
		t.Error("a nil value is not the empty secret")
	}
}

// A decorator that decodes values keeps a link's ttl=, which no Meta shows as such.
func TestWithValueKeepsALinksLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := has("x:", "a", "1")
		inner := must(secretmux.Open(t.Context(), "x:?ttl=1h", answers("x", plain(b), nil)))
		decodes := secretmux.ProviderFunc(func(ctx context.Context, name string) (secretmux.Secret, error) {
			secret, err := inner.Get(ctx, name)
			if err != nil {
				return secretmux.Secret{}, err
			}
			return secret.WithValue([]byte("decoded")), nil
		})
		outer := must(secretmux.New(decodes, secretmux.Options{TTL: time.Second}))
		defer func() { _ = errors.Join(outer.Close(), inner.Close()) }()
		wantSecret(t, "decoded")(outer.Get(t.Context(), "a"))
		time.Sleep(30 * time.Minute)
		wantSecret(t, "decoded")(outer.Get(t.Context(), "a"))
		if b.Gets.Load() != 1 {
			t.Errorf("%d reads in half of the link's TTL", b.Gets.Load())
		}
	})
}

// panicShape names the shape that the test binary panics with when it runs as
// its own child: only a real crash shows what the runtime prints.
const panicShape = "SECRETMUX_TEST_PANIC_SHAPE"

func TestMain(m *testing.M) {
	if shape := os.Getenv(panicShape); shape != "" {
		crash(shape)
	}
	os.Exit(m.Run())
}

func crash(shape string) {
	value := shapes()[strings.TrimPrefix(shape, "error ")]
	if strings.HasPrefix(shape, "error ") {
		panic(fmt.Errorf("failed with %v and %+v: %w", value, value, errors.New("cause")))
	}
	panic(value)
}

func TestSecretIsRedactedInAPanic(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process for each shape; TestSecretIsRedactedByFmt covers recovered panics")
	}
	for _, shape := range []string{
		"alone", "pointer", "exported field", "unexported field", "pointer to struct", "slice", "map", "interface", "nested",
		"only an error", "error unexported field", "error nested",
	} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			child := exec.CommandContext(ctx, os.Args[0])
			child.Env = append(os.Environ(), panicShape+"="+shape, "GOTRACEBACK=all")
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(string(out), "panic:") {
				t.Fatalf("the child did not panic: %v: %s", err, out)
			}
			wantRedacted(t, string(out))
		})
	}
}

// reach collects every text that reflection can read below v, unexported fields
// included and methods ignored, as the dumpers of assertion libraries do.
func reach(v reflect.Value, seen map[uintptr]bool, found *[]string) {
	switch v.Kind() {
	case reflect.String:
		*found = append(*found, v.String())
	case reflect.Slice, reflect.Array:
		text := make([]byte, 0, v.Len())
		for i := range v.Len() {
			reach(v.Index(i), seen, found)
			if v.Index(i).Kind() == reflect.Uint8 {
				text = append(text, byte(v.Index(i).Uint()))
			}
		}
		*found = append(*found, string(text))
	case reflect.Map:
		for _, key := range v.MapKeys() {
			reach(key, seen, found)
			reach(v.MapIndex(key), seen, found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			reach(v.Field(i), seen, found)
		}
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		reach(v.Elem(), seen, found)
	case reflect.Interface:
		if !v.IsNil() {
			reach(v.Elem(), seen, found)
		}
	}
}

func TestSecretIsOutOfReflectionsReach(t *testing.T) {
	for name, value := range shapes() {
		t.Run(name, func(t *testing.T) {
			var found []string
			reach(reflect.ValueOf(value), map[uintptr]bool{}, &found)
			if name != "method value" && len(found) == 0 {
				t.Error("the walk found no text at all, not even the version")
			}
			wantRedacted(t, strings.Join(found, "\n"))
		})
	}
}

func TestReflectionReachesWhatIsNotInAClosure(t *testing.T) {
	type bare struct{ value *[]byte }
	value := []byte(canary)
	var found []string
	reach(reflect.ValueOf(bare{&value}), map[uintptr]bool{}, &found)
	if leakIn(strings.Join(found, "\n")) == "" {
		t.Error("the walk misses a byte slice behind a pointer, so it proves nothing")
	}
}
