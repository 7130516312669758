package push_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/memory"
)

// folder is like a cloud's provider: it knows its own names.
type folder struct{ *memory.Provider }

func (folder) BackendName(name string) string { return "prod/" + name }

func openFolder(t *testing.T, config string, m *memory.Provider) *secretmux.Store {
	t.Helper()
	s, err := secretmux.Open(t.Context(), config, secretmux.Backend{
		"f": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return folder{m}, nil },
	}, m.Backend())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Names with folders, prefixes and documents find their secrets without Options.Names.
func TestNoticesFindTheirSecrets(t *testing.T) {
	const before, after = `{"db":{"password":"first"},"user":"u"}`, `{"db":{"password":"second"},"user":"u"}`
	tests := map[string]struct {
		config, secret, ref, notice string
		values                      [2]string
		names                       func(string) []string
	}{
		"our own":           {"f:?ttl=24h", "db", "db", "db", [2]string{"first", "second"}, nil},
		"a folder":          {"f:?ttl=24h", "db", "db", "prod/db", [2]string{"first", "second"}, nil},
		"a document":        {"f:?document=app&ttl=24h", "app", "db#password", "prod/app", [2]string{before, after}, nil},
		"a field":           {"f:?ttl=24h", "app", "app#/db/password", "prod/app", [2]string{before, after}, nil},
		"a prefix":          {"memory:?prefix=app/&ttl=24h", "app/db", "db", "db", [2]string{"first", "second"}, nil},
		"mapped by hand":    {"memory:?ttl=24h", "db", "db", "prod/db", [2]string{"first", "second"}, push.StripPrefix("prod/")},
		"mapped for Azure":  {"memory:?ttl=24h", "db/pw", "db/pw", "db--pw", [2]string{"first", "second"}, push.AzureNames("--")},
		"another separator": {"memory:?ttl=24h", "db--pw", "db--pw", "db--pw", [2]string{"first", "second"}, push.AzureNames("--")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, br := memory.New(map[string]string{tt.secret: tt.values[0], "other": "x"}), &broker{}
				s := openFolder(t, tt.config, m)
				src := br.subscribe()
				get := func(want string) {
					t.Helper()
					if got, err := s.Get(t.Context(), tt.ref); err != nil || got.Reveal() != want {
						t.Fatalf("%q, %v, want %q", got.Reveal(), err, want)
					}
				}
				get("first")
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() { _ = push.Run(ctx, s, src, push.Options{Within: -1, Names: tt.names}) }()
				version := m.Set(tt.secret, tt.values[1])
				m.ResetCalls()
				br.send(push.Notice{Name: "other", Version: "9"})
				br.send(push.Notice{Name: "prod/other", Version: "9"})
				br.send(push.Notice{Name: tt.notice, Version: version})
				br.send(push.Notice{Name: tt.notice, Version: version})
				time.Sleep(40 * time.Second)
				synctest.Wait()
				get("second")
				if n := m.Calls().Total(); n != 1 {
					t.Errorf("%d reads, want 1", n)
				}
			})
		})
	}
}

// The members of one document are read with one call.
func TestNoticeForADocumentOfManyMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, br := memory.New(map[string]string{"app": `{"a":"1","b":"1","c":"1","d":"1"}`}), &broker{}
		s := openFolder(t, "f:?document=app&ttl=24h", m)
		members := []string{"a", "b", "c", "d"}
		if _, err := s.GetAll(t.Context(), members...); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		src := br.subscribe()
		go func() { _ = push.Run(ctx, s, src, push.Options{}) }()
		m.ResetCalls()
		br.send(push.Notice{Name: "prod/app", Version: m.Set("app", `{"a":"2","b":"2","c":"2","d":"2"}`)})
		time.Sleep(time.Minute)
		for _, name := range members {
			if got, err := s.Get(t.Context(), name); err != nil || got.Reveal() != "2" {
				t.Errorf("%s: %q, %v", name, got.Reveal(), err)
			}
		}
		if n := m.Calls().Total(); n != 1 {
			t.Errorf("%d reads for four members, want 1", n)
		}
	})
}

func TestMappings(t *testing.T) {
	for _, tt := range []struct {
		names func(string) []string
		name  string
		want  []string
	}{
		{push.StripPrefix("prod/"), "prod/db", []string{"db"}},
		{push.StripPrefix("prod/"), "test/db", nil},
		{push.StripPrefix("prod/"), "prod/", nil},
		{push.StripPrefix(""), "db", []string{"db"}},
		{push.AzureNames("-"), "db-pw", []string{"db-pw", "db/pw"}},
		{push.AzureNames("--"), "db-pw", []string{"db-pw"}},
		{push.AzureNames(""), "db-pw", []string{"db-pw"}},
	} {
		if got := tt.names(tt.name); !slices.Equal(got, tt.want) {
			t.Errorf("%q gives %q, want %q", tt.name, got, tt.want)
		}
	}
}

// The program's own functions may panic on a message. That must not end the program.
func TestBadParserAndNames(t *testing.T) {
	for name, o := range map[string]push.Options{
		"a parser that panics":    {Parse: func(push.Message) ([]push.Notice, error) { panic(canary) }},
		"names that panic":        {Names: func(string) []string { panic(canary) }},
		"names that can't be one": {Names: func(string) []string { return []string{"", "..", "a?b", "x#y"} }},
		"a parser without care":   {Parse: func(push.Message) ([]push.Notice, error) { return []push.Notice{{Name: "/.."}, {}}, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, br := newBackend("db"), &broker{}
				in := startOne(t, b, br, o, secretmux.Options{}, "db")
				b.resetCounts()
				br.send(push.Notice{Name: "db"})
				time.Sleep(time.Minute)
				if b.total() != 0 || in.count(push.Received) != 1 || in.count(push.Malformed)+in.count(push.Unused) == 0 {
					t.Errorf("%d reads, events %v", b.total(), in.events)
				}
			})
		})
	}
}
