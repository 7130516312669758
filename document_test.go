package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
)

const appDocument = `{"db/password":"p1","db_user":"app","DB_HOST":"localhost","PORT":5432,"nested":{"a":{"b":"deep"}},"gone":null,"list":[1,2]}`

func openDocument(t *testing.T, b secretmux.Provider, params string) *secretmux.Store {
	t.Helper()
	s := must(secretmux.Open(t.Context(), "x:?document=app"+params, answers("x", b, nil)))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestDocumentMembers(t *testing.T) {
	s := openDocument(t, has("", "app", appDocument), "")
	for ref, want := range map[string]string{
		"db/password": "p1", "db/user": "app", "db/host": "localhost", "port": "5432", "nested": `{"a":{"b":"deep"}}`,
		"nested#/a/b": "deep", "nested#a": `{"b":"deep"}`, "list": "[1,2]", "db_user": "app", "DB_HOST": "localhost",
	} {
		got, err := s.Get(t.Context(), ref)
		if err != nil || got.Reveal() != want || got.Version() != "v9" {
			t.Errorf("%s = %q, %v; want %q", ref, got.Reveal(), err, want)
		}
	}
	for _, ref := range []string{"gone", "absent", "Password", "port/x"} {
		wantClass(t, secretmux.ErrNotFound)(s.Get(t.Context(), ref))
	}
}

func TestDocumentThatIsNoAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		b      *backend
		params string
		class  error
	}{
		"missing":                      {has(""), "", secretmux.ErrInvalid},
		"missing, and that is allowed": {has(""), "&missing=absent", secretmux.ErrNotFound},
		"not JSON":                     {has("", "app", canary), "", secretmux.ErrInvalid},
		"a list":                       {has("", "app", `["`+canary+`"]`), "", secretmux.ErrInvalid},
		"breaks off":                   {has("", "app", `{"a":"`+canary), "", secretmux.ErrInvalid},
		"not UTF-8":                    {has("", "app", "{\"a\":\"\xff\"}"), "", secretmux.ErrInvalid},
		"a key twice":                  {has("", "app", `{"a":"`+canary+`","b":1,"a":"x"}`), "", secretmux.ErrInvalid},
		"two members for one name":     {has("", "app", `{"a/b":"`+canary+`","A_B":"x"}`), "", secretmux.ErrInvalid},
		"denied":                       {failing("", secretmux.ErrDenied), "", secretmux.ErrDenied},
		"disabled":                     {failing("", secretmux.ErrDisabled), "&missing=absent", secretmux.ErrDisabled},
		"down":                         {failing("", secretmux.ErrUnavailable), "&retry=off", secretmux.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			weak := has("weak:", "a/b", "old", "b", "old")
			s := must(secretmux.Open(t.Context(), "x:?document=app"+tt.params+",weak:", answers("x", tt.b, nil), answers("weak", weak, nil)))
			defer func() { _ = s.Close() }()
			got, err := s.Get(t.Context(), "a/b")
			if errors.Is(tt.class, secretmux.ErrNotFound) {
				wantSecret(t, "old")(got, err) // an absent document lets the chain go on only when it may
				return
			}
			wantClass(t, tt.class)(got, err)
			conformance.NoLeak(t, err, canary)
			if weak.Gets.Load()+weak.Batches.Load() != 0 {
				t.Error("the chain went on")
			}
		})
	}
}

// Twenty names are one call, and one call a TTL afterwards.
func TestDocumentIsReadOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		var names []string
		for i := range 20 {
			names = append(names, fmt.Sprintf("n%d", i))
			fmt.Fprintf(&text, `,"n%d":"v"`, i)
		}
		b := has("", "app", "{"+text.String()[1:]+"}")
		s := openDocument(t, b, "&ttl=1m")
		calls := func() int64 { return b.Gets.Swap(0) + b.Batches.Swap(0) }
		if _, err := s.GetAll(t.Context(), names...); err != nil || calls() != 1 {
			t.Errorf("GetAll: %v", err)
		}
		for _, name := range names {
			must(s.Watch(t.Context(), name))
		}
		if n := calls(); n != 0 {
			t.Errorf("%d calls for what is kept", n)
		}
		for range 10 {
			time.Sleep(time.Minute)
		}
		if n := calls(); n > 13 {
			t.Errorf("%d calls in ten TTLs, want one each", n)
		}
	})
}

func TestDocumentUnderConcurrentColdReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &delayed{Backend: has("", "app", `{"a":"1"}`), Delays: map[string]time.Duration{"app": time.Second}}
		s := openDocument(t, plainDelayed{b}, "")
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, err := s.Get(t.Context(), fmt.Sprintf("n%d", i))
				wantClass(t, secretmux.ErrNotFound)(secretmux.Secret{}, err)
			})
		}
		wg.Wait()
		if n := b.Gets.Load(); n > 2 {
			t.Errorf("20 concurrent cold reads made %d calls, want at most 2", n)
		}
	})
}

type plainDelayed struct{ d *delayed }

func (p plainDelayed) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.d.Get(ctx, name)
}

// The reader that makes the shared read may leave: the others read anew.
func TestDocumentReaderThatLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &delayed{Backend: has("", "app", `{"a":"1","b":"2"}`), Delays: map[string]time.Duration{"app": time.Second}}
		l := secretmux.ContinueOn(must(secretmux.Open(t.Context(), "x:?document=app&ttl=0", answers("x", plainDelayed{b}, nil))))
		defer func() { _ = secretmux.Close(l) }()
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		go func() { _, _ = l.Get(t.Context(), "a") }() // has the first read, until 1 s
		time.Sleep(time.Millisecond)
		go func() { _, _ = l.Get(ctx, "a") }() // waits for the second one, and leaves in its middle
		time.Sleep(time.Millisecond)
		wantSecret(t, "2")(l.Get(t.Context(), "b"))
	})
}

func TestDocumentVersionsListExplainAndExpect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := has("", "app", appDocument)
		b.Versions = map[string]string{"app@7": `{"db/password":"seven"}`}
		s := openDocument(t, b, "&ttl=1h")
		wantSecret(t, "seven")(s.GetVersion(t.Context(), "db/password", "7"))
		wantClass(t, secretmux.ErrNotFound)(s.GetVersion(t.Context(), "db/password", "8"))

		var listed []string
		for info, err := range s.List(t.Context(), "db") {
			if err != nil {
				t.Fatal(err)
			}
			listed = append(listed, info.Name)
		}
		if !slices.Equal(listed, []string{"db/password", "db_user"}) {
			t.Errorf("List yields %q", listed)
		}
		e := secretmux.Explain(t.Context(), s, "db/password")
		if len(e.Links) != 1 || e.Links[0].Document != "app" || e.Links[0].Role != secretmux.RoleAnswers {
			t.Errorf("Explain: %+v", e)
		}

		wantSecret(t, "p1")(s.Get(t.Context(), "db/password"))
		b.Gets.Store(0)
		b.Values["app"] = `{"db/password":"p2"}`
		s.Expect("unknown", "v10", 0)
		s.Expect("app", "v10", time.Second) // a broker knows the document's name
		time.Sleep(2 * time.Second)
		synctest.Wait()
		wantSecret(t, "p2")(s.Get(t.Context(), "db/password"))
		if n := b.Gets.Load(); n < 1 || n > 2 {
			t.Errorf("%d reads after the message", n)
		}
	})
}
