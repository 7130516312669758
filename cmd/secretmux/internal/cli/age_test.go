package cli_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

const aDay = 24 * time.Hour

// store is a store whose list and descriptions tell what a test wants.
type store struct {
	secretmux.Provider
	infos     []secretmux.Info
	versions  map[string]time.Time // when the current versions were made
	denied    map[string]bool
	listErr   error
	lists     atomic.Int64
	described atomic.Int64
}

func (s *store) List(_ context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	s.lists.Add(1)
	return func(yield func(secretmux.Info, error) bool) {
		if s.listErr != nil {
			yield(secretmux.Info{}, s.listErr)
			return
		}
		for _, info := range s.infos {
			if strings.HasPrefix(info.Name, prefix) && !yield(info, nil) {
				return
			}
		}
	}
}

func (s *store) Get(context.Context, string) (secretmux.Secret, error) {
	panic("age reads no value")
}

func (s *store) String() string { return "memory:" }

// describing is a store that tells the times of its versions.
type describing struct{ *store }

func (s describing) Describe(_ context.Context, name string) (secretmux.Info, error) {
	s.described.Add(1)
	if s.denied[name] {
		return secretmux.Info{}, &secretmux.Error{
			Op: "describe", Name: name, Class: secretmux.ErrDenied, Err: errors.New("no"),
			Hint: "the role lacks secretsmanager:ListSecretVersionIds on the secret",
		}
	}
	return secretmux.Info{Name: name, Version: "v2", VersionCreated: s.versions[name]}, nil
}

func ages(p secretmux.Provider) rig {
	return rig{env: map[string]string{"SECRETS": "memory:"}, backends: []secretmux.Backend{memoryBackend(p)}}
}

type ageOutput struct {
	LookedAt                                   int `json:"looked_at"`
	Over, Expired, Warn, OK, Unknown, Disabled int
	Unseen                                     []struct{ Source, Class string }
	Secrets                                    []struct {
		Name, Verdict, Reason string
		AgeSeconds            *int64 `json:"age_seconds"`
	}
}

func (r rig) age(t *testing.T, code int, args ...string) (out ageOutput) {
	t.Helper()
	got := r.run(t, append([]string{"age", "--json"}, args...)...)
	got.want(t, code)
	got.decode(t, &out)
	return out
}

func (o ageOutput) verdicts() (all []string) {
	for _, s := range o.Secrets {
		all = append(all, s.Name+" "+s.Verdict)
	}
	return all
}

func back(days int) time.Time { return time.Now().Add(-time.Duration(days)*aDay - time.Hour) }

// If a list has the versions' times, age asks for the list once and for nothing
// else.
func TestAgeFromTheList(t *testing.T) {
	off := false
	s := &store{infos: []secretmux.Info{
		{Name: "new", VersionCreated: back(1)},
		{Name: "old", VersionCreated: back(100)},
		{Name: "late", VersionCreated: back(3), NextRotation: back(2)},
		{Name: "ended", VersionCreated: back(2), Expires: back(1)},
		{Name: "off", VersionCreated: back(400), Enabled: &off},
		{Name: "nearly", VersionCreated: back(61)},
	}}
	got := ages(describing{s}).age(t, 1)
	want := []string{"off disabled", "old over", "nearly warn", "late warn", "ended expired", "new ok"}
	if !slices.Equal(got.verdicts(), want) {
		t.Errorf("%q, want %q: the oldest must come first", got.verdicts(), want)
	}
	if got.LookedAt != 6 || got.Over != 1 || got.Warn != 2 || got.Expired != 1 || got.Disabled != 1 || got.OK != 1 || got.Unknown != 0 {
		t.Errorf("%+v", got)
	}
	if s.lists.Load() != 1 || s.described.Load() != 0 {
		t.Errorf("%d lists and %d descriptions, want 1 and 0", s.lists.Load(), s.described.Load())
	}
}

// A changed tag does not change the age.
func TestAgeIsNotMovedByATag(t *testing.T) {
	tagged := secretmux.Info{Name: "db", Created: back(800), Updated: time.Now()}
	s := &store{infos: []secretmux.Info{tagged}, versions: map[string]time.Time{"db": back(100)}}
	if got := ages(describing{s}).age(t, 1); got.Over != 1 {
		t.Errorf("a new tag made an old value new: %+v", got)
	}
	s.versions["db"] = back(1)
	if got := ages(describing{s}).age(t, 0); got.OK != 1 {
		t.Errorf("an old secret with a new value: %+v", got)
	}
}

// age makes one call for each secret whose list does not tell its age, and no more
// calls for a store that never tells.
func TestAgeCalls(t *testing.T) {
	const many = 1000
	s := &store{versions: map[string]time.Time{}}
	for i := range many {
		name := fmt.Sprintf("s%04d", i)
		s.infos = append(s.infos, secretmux.Info{Name: name})
		s.versions[name] = back(i % 50)
	}
	if got := ages(describing{s}).age(t, 0); got.OK != many {
		t.Errorf("%+v", got)
	}
	if s.lists.Load() != 1 || s.described.Load() != many {
		t.Errorf("%d lists and %d descriptions, want 1 and %d", s.lists.Load(), s.described.Load(), many)
	}
	s.lists.Store(0)
	if got := ages(s).age(t, 0); got.Unknown != many || got.Secrets[0].AgeSeconds != nil {
		t.Errorf("%d of %d are unknown", got.Unknown, many)
	}
	if n := s.lists.Load(); n > 2 {
		t.Errorf("a store that never tells ages was asked %d times", n)
	}
}

// An unknown age is never ok, and the verdict says which permission is missing.
func TestAgeUnknown(t *testing.T) {
	s := &store{
		infos:    []secretmux.Info{{Name: "a"}, {Name: "b"}, {Name: "c", VersionCreated: time.Now().Add(aDay)}},
		versions: map[string]time.Time{"a": back(1), "b": back(1)}, denied: map[string]bool{"a": true},
	}
	r := ages(describing{s})
	r.run(t, "age").want(t, 0, "unknown: needs secretsmanager:ListSecretVersionIds on the secret",
		"unknown: its time is in the future", "looked at 3 secrets: 2 unknown, 1 ok; the maximum is 90d, warned from 60d")
	if got := r.age(t, 1, "--strict"); got.Unknown != 2 {
		t.Errorf("%+v", got)
	}
	s.denied = nil
	s.infos = s.infos[:2]
	r.age(t, 0, "--strict")
}

// If the store's clock is five minutes ahead, the age is not negative.
func TestAgeWithSkewedClocks(t *testing.T) {
	s := &store{infos: []secretmux.Info{{Name: "a", VersionCreated: time.Now().Add(5 * time.Minute), LastRotated: time.Now().Add(5 * time.Minute)}}}
	got := ages(s).age(t, 0)
	if got.OK != 1 || *got.Secrets[0].AgeSeconds != 0 {
		t.Errorf("%+v", got)
	}
	if out := ages(s).run(t, "age"); strings.Contains(out.out, "-5m") || strings.Contains(out.out, "-4m") {
		t.Errorf("a negative age:\n%s", out.out)
	}
}

func TestAgeLimits(t *testing.T) {
	s := &store{infos: []secretmux.Info{
		{Name: "db/a", VersionCreated: back(40)}, {Name: "tls/deep/key", VersionCreated: back(200)}, {Name: "x", VersionCreated: back(40)},
	}}
	tests := []struct {
		args []string
		code int
		want []string
	}{
		{nil, 1, []string{"tls/deep/key over", "db/a ok", "x ok"}},
		{[]string{"--max-age", "400d"}, 0, []string{"tls/deep/key ok", "db/a ok", "x ok"}},
		{[]string{"--max-age", "300d", "--warn", "30d"}, 0, []string{"tls/deep/key warn", "db/a warn", "x warn"}},
		{[]string{"--max-age", "45d"}, 1, []string{"tls/deep/key over", "db/a warn", "x warn"}},
		{[]string{"--policy", "db/*=30d", "--policy", "tls/**=365d"}, 1, []string{"tls/deep/key ok", "db/a over", "x ok"}},
		{[]string{"--policy", "db/*=100d", "--policy", "*/*=1h", "--policy", "tls/*=365d"}, 1, []string{"tls/deep/key over", "db/a ok", "x ok"}},
		{[]string{"db/"}, 0, []string{"db/a ok"}},
	}
	for _, tt := range tests {
		if got := ages(s).age(t, tt.code, tt.args...); !slices.Equal(got.verdicts(), tt.want) {
			t.Errorf("%q: %q, want %q", tt.args, got.verdicts(), tt.want)
		}
	}
	for _, args := range [][]string{
		{"--max-age", canary},
		{"--max-age", "0d"},
		{"--max-age", "-1d"},
		{"--max-age", "30"},
		{"--max-age", "99999d"},
		{"--warn", "90d"},
		{"--policy", canary},
		{"--policy", "=30d"},
		{"--policy", "[=30d"},
		{"--policy", "db/*=" + canary},
		{canary, canary},
	} {
		ages(s).run(t, append([]string{"age"}, args...)...).want(t, 2)
	}
}

// Age counts the secrets that it could not see, and a report without secrets is an
// error.
func TestAgeCountsUnseenSecrets(t *testing.T) {
	good := &store{infos: []secretmux.Info{{Name: "a", VersionCreated: back(1)}}}
	r := ages(good)
	r.env["SECRETS"] = "env:,broken:,memory:"
	r.backends = append(r.backends, rigBackends()...)
	bad := &store{listErr: &secretmux.Error{Op: "list", Class: secretmux.ErrDenied, Hint: "the role lacks x:List"}}
	r.backends = append(r.backends, secretmux.Backend{"broken": memoryBackend(bad)["memory"]})
	got := r.age(t, 4)
	if got.LookedAt != 1 || len(got.Unseen) != 2 || got.Unseen[1].Class != "denied" {
		t.Errorf("%+v", got)
	}
	r.run(t, "age").want(t, 4, "not looked at: env: (left out: ", "not looked at: broken: (denied: the role lacks x:List)", "1 ok")

	bad.listErr = &secretmux.Error{Op: "list", Class: errors.ErrUnsupported}
	r.age(t, 0)
	r.age(t, 1, "--strict")

	r.env["SECRETS"] = "memory:"
	r.run(t, "age", canary).want(t, 2, "no secret was found")
	rig{}.run(t, "age").want(t, 2, "set SECRETS or pass -c")
}

// The first store that has a name counts.
func TestAgeOfAShadowedSecret(t *testing.T) {
	first := &store{infos: []secretmux.Info{{Name: "a"}}}
	second := &store{infos: []secretmux.Info{{Name: "a", VersionCreated: back(1)}, {Name: "b", VersionCreated: back(1)}}}
	r := ages(second)
	r.env["SECRETS"] = "first:,memory:"
	r.backends = append(r.backends, secretmux.Backend{"first": memoryBackend(first)["memory"]})
	if got := r.age(t, 0); !slices.Equal(got.verdicts(), []string{"b ok", "a unknown"}) {
		t.Errorf("%q", got.verdicts())
	}
}

// The times of files are not a value's age.
func TestAgeOfFilesIsUnknown(t *testing.T) {
	r := newRepo(t)
	t.Chdir(r.dir)
	r.write(".env", "DB_PASSWORD="+leaked+"\n")
	r.write("d/db", leaked)
	g := rig{env: map[string]string{"SECRETS": "dotenv:.env,file:d", "APP_X": leaked}}
	g.run(t, "age").want(t, 0, "unknown: the store does not say")
	if got := g.age(t, 1, "--strict"); got.Unknown != 2 {
		t.Errorf("%+v", got)
	}
	g.env["SECRETS"] = "env:?prefix=APP_"
	if got := g.age(t, 0); got.Unknown != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAgeIsGolden(t *testing.T) {
	on := true
	s := &store{infos: []secretmux.Info{
		{
			Name: "db/password", Version: "7", VersionCreated: back(100), LastRotated: back(400), NextRotation: time.Now().Add(3*aDay + time.Hour),
			Expires: time.Now().Add(5*aDay + time.Hour), LastRead: back(2), Enabled: &on,
		},
		{Name: "api/key"},
	}}
	times := regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*Z"|"age_seconds": \d+`)
	got := ages(s).run(t, "age", "--json")
	golden(t, "json/age.json", times.ReplaceAllStringFunc(got.out, func(text string) string {
		if strings.HasPrefix(text, `"age`) {
			return `"age_seconds": 0`
		}
		return `"2026-01-02T03:04:05Z"`
	}))
	golden(t, "text/age.txt", ages(s).run(t, "age").out)
}
