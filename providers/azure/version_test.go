package azure_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestGetVersion(t *testing.T) {
	f := newFake(t)
	one := f.set("alpha", "one")
	f.set("alpha", "two")
	p := f.open(t, nil)
	for _, id := range []string{one.id, strings.ToUpper(one.id)} {
		s, err := p.GetVersion(t.Context(), "alpha", id)
		if err != nil || s.Reveal() != "one" || s.Version() != one.id {
			t.Errorf("GetVersion: %v", err)
		}
	}
	before := f.calls()
	for _, id := range []string{"1", "latest", strings.Repeat("g", 32), strings.Repeat("0", 33), "../" + strings.Repeat("0", 29), "AWSPREVIOUS"} {
		_, err := p.GetVersion(t.Context(), "alpha", id)
		wantClass(t, err, secretmux.ErrInvalid, "32 hexadecimal digits")
	}
	if f.calls() != before {
		t.Error("an id that can't be one was asked for")
	}
	_, err := p.GetVersion(t.Context(), "alpha", strings.Repeat("0", 32))
	wantClass(t, err, secretmux.ErrNotFound)
}

// An answer with another version than the one that was asked for is refused.
func TestAnotherVersion(t *testing.T) {
	f := newFake(t)
	one, two := f.set("alpha", "one"), f.set("alpha", "two")
	f.handle("/secrets/alpha/"+one.id, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, f.bundle("alpha", two))
	}))
	_, err := f.open(t, nil).GetVersion(t.Context(), "alpha", one.id)
	wantClass(t, err, secretmux.ErrCorrupt, "not for the version")
}

func TestPrevious(t *testing.T) {
	tests := []struct {
		name  string
		set   func(f *fake)
		want  string
		class error
	}{
		{"absent", func(*fake) {}, "", secretmux.ErrNotFound},
		{"deleted", func(f *fake) { f.set("alpha", "1"); f.softDelete("alpha") }, "", secretmux.ErrDisabled},
		{"one", func(f *fake) { f.set("alpha", "1") }, "", secretmux.ErrNotFound},
		{"two", func(f *fake) { f.set("alpha", "1"); f.set("alpha", "2") }, "1", nil},
		{"seven", func(f *fake) {
			for _, v := range []string{"1", "2", "3", "4", "5", "6", "7"} {
				f.set("alpha", v)
			}
		}, "6", nil},
		{"skips disabled ones", func(f *fake) {
			f.set("alpha", "1")
			f.set("alpha", "2").disabled = true
			f.set("alpha", "3").disabled = true
			f.set("alpha", "4")
		}, "1", nil},
		{"all disabled", func(f *fake) {
			f.set("alpha", "1").disabled = true
			f.set("alpha", "2").disabled = true
			f.set("alpha", "3")
		}, "", secretmux.ErrDisabled},
		{"the current one disabled", func(f *fake) {
			f.set("alpha", "1")
			f.set("alpha", "2")
			f.set("alpha", "3").disabled = true
		}, "2", nil},
		{"only one, disabled", func(f *fake) { f.set("alpha", "1").disabled = true }, "", secretmux.ErrNotFound},
		{"made in one second", func(f *fake) {
			a, b, c := f.set("alpha", "1"), f.set("alpha", "2"), f.set("alpha", "3")
			a.created, b.created = c.created, c.created
		}, "2", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			tt.set(f)
			s, err := f.open(t, nil).GetVersion(t.Context(), "alpha", secretmux.VersionPrevious)
			if tt.class != nil {
				wantClass(t, err, tt.class)
				return
			}
			if err != nil || s.Reveal() != tt.want {
				t.Errorf("another value, or %v", err)
			}
		})
	}
}

func TestPreviousCalls(t *testing.T) {
	f := newFake(t)
	one := f.set("alpha", "one")
	f.set("alpha", "two")
	f.pageSize = 1
	p := f.open(t, nil)
	wantValue(t, p, "alpha", "two")
	before := f.calls()
	if _, err := p.GetVersion(t.Context(), "alpha", secretmux.VersionPrevious); err != nil {
		t.Fatal(err)
	}
	want := []string{"GET /secrets/alpha", "GET /secrets/alpha/versions", "GET /secrets/alpha/versions", "GET /secrets/alpha/" + one.id}
	if got := f.seen()[before:]; !slices.Equal(got, want) {
		t.Errorf("the requests were %q", got)
	}
}

func TestPreviousFails(t *testing.T) {
	item := func(id, attributes string) http.Handler {
		return raw(200, `{"value":[{"id":"`+id+`","attributes":`+attributes+`}]}`)
	}
	good := "https://v/secrets/alpha/" + strings.Repeat("0", 32)
	tests := []struct {
		name   string
		answer http.Handler
		class  error
		says   string
	}{
		{"may not list", failWith(403, "Forbidden", "ForbiddenByRbac", ""), secretmux.ErrDenied, "readMetadata/action"},
		{"may not list, by policy", failWith(403, "Forbidden", "AccessDenied", ""), secretmux.ErrDenied, "secrets/list"},
		{"throttled", failWith(429, "Throttled", "", ""), secretmux.ErrThrottled, ""},
		{"no list", raw(200, `{}`), secretmux.ErrCorrupt, ""},
		{"null in it", raw(200, `{"value":[null]}`), secretmux.ErrCorrupt, ""},
		{"another secret's", item("https://v/secrets/beta/"+strings.Repeat("0", 32), `{"created":1}`), secretmux.ErrCorrupt, ""},
		{"no version", item("https://v/secrets/alpha", `{"created":1}`), secretmux.ErrCorrupt, ""},
		{"no time", item(good, `{}`), secretmux.ErrCorrupt, ""},
		{"no attributes", item(good, `null`), secretmux.ErrCorrupt, ""},
		{"not found", raw(404, ""), secretmux.ErrInvalid, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.set("alpha", "one")
			f.handle("/secrets/alpha/versions", tt.answer)
			_, err := f.open(t, nil).GetVersion(t.Context(), "alpha", secretmux.VersionPrevious)
			wantClass(t, err, tt.class, tt.says)
		})
	}
}
