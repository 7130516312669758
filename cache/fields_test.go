package cache_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// parser has the fields of documents of the form "a=1 b=2" parsed once for all.
type parser struct {
	parses atomic.Int32
	hold   chan struct{} // a parse waits for it to close
}

func (p *parser) option(o *cache.Options[string]) {
	o.View = func(key string) (string, func(string) (string, error), error) {
		doc, _, _ := strings.Cut(key, "#")
		return doc, nil, nil
	}
	o.Parse = func(doc string) func(string) (string, error) {
		p.parses.Add(1)
		if p.hold != nil {
			<-p.hold
		}
		fields := map[string]string{}
		for pair := range strings.FieldsSeq(doc) {
			name, value, _ := strings.Cut(pair, "=")
			fields[name] = value
		}
		return func(key string) (string, error) {
			_, field, _ := strings.Cut(key, "#")
			if value, ok := fields[field]; ok {
				return value, nil
			}
			return "", errNoField
		}
	}
}

// manyFields is a document with fields f0, f1 and so on, of one value.
func manyFields(n int, value string) string {
	var doc strings.Builder
	for i := range n {
		fmt.Fprintf(&doc, "f%d=%s ", i, value)
	}
	return doc.String()
}

func field(i int) string { return fmt.Sprintf("doc#f%d", i) }

func TestDocumentIsParsedOnceForAllItsFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := &backend{}, &parser{}
		c := newCache(t, b, p.option)
		b.set("doc", manyFields(50, "old"))
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() { want(t, c, field(i), "old", nil) })
		}
		wg.Wait()
		want(t, c, "doc#none", "", errNoField)
		if n := p.parses.Load(); n != 1 {
			t.Errorf("parsed %d times for the first value", n)
		}
		watchOf(t, c, field(0))
		watchOf(t, c, field(1))
		change(t, b, c, "doc", manyFields(50, "new"))
		for i := range 50 {
			want(t, c, field(i), "new", nil)
		}
		if n := p.parses.Load(); n != 2 {
			t.Errorf("parsed %d times for two values", n)
		}
		refresh(t, c, "doc") // nobody reads it, but two fields are watched
		if n := p.parses.Load(); n != 3 {
			t.Errorf("parsed %d times for three loads", n)
		}
		wantLoads(t, b, 3)
	})
}

func TestRefreshParsesNothingThatNobodyWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := &backend{}, &parser{}
		c := newCache(t, b, p.option)
		b.set("doc", manyFields(50, "v"))
		want(t, c, field(0), "v", nil)
		refresh(t, c, "doc", "doc", "doc")
		pass(10 * ttl)
		if n := p.parses.Load(); n != 1 {
			t.Errorf("parsed %d times", n)
		}
	})
}

// While a document is parsed, for any caller, all others go on: cold reads, hits,
// and the end of a TTL.
func TestParsingHoldsUpNobodyElse(t *testing.T) {
	tests := []struct {
		name  string
		parse func(t *testing.T, b *backend, c *cache.Cache[string]) // which waits for hold
	}{
		{"of a cold read", func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			want(t, c, "doc#a", "1", nil)
		}},
		{"of a field of a kept document", func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			want(t, c, "doc", "a=1", nil)
			want(t, c, "doc#a", "1", nil)
		}},
		{"of a field that is watched from now on", func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			want(t, c, "doc", "a=1", nil)
			if _, err := c.OnChange("doc#a", nothing); err != nil {
				t.Error(err)
			}
		}},
		{"of a field that was watched before", func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			if _, err := c.OnChange("doc#a", nothing); err != nil {
				t.Error(err)
			}
			refresh(t, c, "doc")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, p := &backend{}, &parser{hold: make(chan struct{})}
				c := newCache(t, b, p.option)
				use(t, c, "hot", "hot")
				b.set("doc", "a=1")
				done := make(chan struct{})
				go func() {
					defer close(done)
					tt.parse(t, b, c)
				}()
				synctest.Wait()
				if p.parses.Load() == 0 {
					t.Fatal("nothing is parsed")
				}
				wantNow(t, c, "cold", "cold", nil)
				wantNow(t, c, "hot", "hot", nil)
				b.fail("hot", errGone)
				pass(ttl)
				if s := statOf(c, "hot"); s.Served {
					t.Error("the value is served past its TTL")
				}
				close(p.hold)
				<-done
			})
		})
	}
}

// A name that another party chooses must not drive out a document in use, nor
// stay.
func TestUnknownFieldsAreBoundedAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, names = 500, 20_000
		b, p := &backend{}, &parser{}
		c := newCache(t, b, p.option, withNegativeTTL, func(o *cache.Options[string]) { o.MaxEntries = limit })
		b.set("doc", manyFields(100, "v"))
		for i := range 300 {
			key := fmt.Sprint("k", i)
			want(t, c, key, key, nil)
		}
		for i := range 100 {
			want(t, c, field(i), "v", nil)
		}
		loads := len(b.loads())
		for i := range names {
			want(t, c, fmt.Sprint("doc#", i), "", errNoField)
			if n := c.Entries(); n > limit {
				t.Fatalf("%d entries after %d names", n, i)
			}
		}
		for i := range 300 {
			key := fmt.Sprint("k", i)
			wantNow(t, c, key, key, nil)
		}
		wantLoads(t, b, loads) // all were still there
		if n := p.parses.Load(); n != 1 {
			t.Errorf("parsed %d times", n)
		}
		pass(20 * time.Second)
		if n := c.Entries(); n != 300+1+100 {
			t.Errorf("%d entries after NegativeTTL, want those that exist", n)
		}
	})
}

// Fields that exist are dropped as documents are, those that are not read first,
// and their document stays as long as one of them does.
func TestFieldsAreDroppedOnTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 100
		b, p := &backend{}, &parser{}
		c := newCache(t, b, p.option, func(o *cache.Options[string]) { o.MaxEntries = limit })
		b.set("doc", manyFields(5000, "v"))
		watchOf(t, c, field(1))
		for i := range 5000 {
			want(t, c, field(i), "v", nil)
			for range 2 {
				wantNow(t, c, field(0), "v", nil)
			}
			if n := c.Entries(); n > limit {
				t.Fatalf("%d entries after %d fields", n, i)
			}
		}
		wantLoads(t, b, 1)
		for i := range 200 {
			want(t, c, fmt.Sprint("k", i), fmt.Sprint("k", i), nil)
		}
		wantNow(t, c, field(1), "v", nil)
		wantLoads(t, b, 201)
	})
}

// A field that is missing is remembered as an absent document is: for NegativeTTL,
// or not at all.
func TestMissingFieldIsRememberedForNegativeTTL(t *testing.T) {
	for _, negative := range []time.Duration{-1, 0, 20 * time.Second} {
		t.Run(negative.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, p := &backend{}, &parser{}
				c := newCache(t, b, p.option, func(o *cache.Options[string]) { o.NegativeTTL = negative })
				b.set("doc", "a=1")
				want(t, c, "doc", "a=1", nil)
				for range 3 {
					want(t, c, "doc#b", "", errNoField)
				}
				entries := 1
				if negative > 0 {
					entries = 2
				}
				if n := c.Entries(); n != entries {
					t.Errorf("%d entries, want %d", n, entries)
				}
				pass(20 * time.Second)
				if n := c.Entries(); n != 1 {
					t.Errorf("%d entries after NegativeTTL", n)
				}
				want(t, c, "doc#b", "", errNoField)
				change(t, b, c, "doc", "b=2")
				want(t, c, "doc#b", "2", nil)
			})
		})
	}
}

// A watched field that disappears stays broken until it is there again.
func TestWatchedFieldThatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p, d := &backend{}, &parser{}, &diary{}
		c := newCache(t, b, p.option, withNegativeTTL)
		b.set("doc", "a=1")
		d.of(t, c, "doc#a")
		change(t, b, c, "doc", "b=1")
		pass(2 * ttl)
		if s := statOf(c, "doc"); len(s.Broken) != 1 || s.Broken[0].Key != "doc#a" {
			t.Errorf("%+v", s)
		}
		want(t, c, "doc#a", "", errNoField)
		change(t, b, c, "doc", "a=2")
		want(t, c, "doc#a", "2", nil)
		d.wants(t, "doc#a: 1 > 2")
	})
}
