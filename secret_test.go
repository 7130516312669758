package secretmux_test

import (
	"bytes"
	"reflect"
	"strings"
	"sync"
	"testing"
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
