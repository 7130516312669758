package steady_test

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// mount is a folder whose files hang from one moment to another, as those of a file
// server that is gone do.
type mount struct {
	hang   map[string]chan struct{} // closed when the server is back
	opened atomic.Int64
	inside atomic.Int64 // reads that hang
}

func (m *mount) files(names ...string) []steady.File {
	files := make([]steady.File, len(names))
	for i, name := range names {
		files[i] = steady.File{Key: name, Open: func() (fs.File, error) {
			m.opened.Add(1)
			if back := m.hang[name]; back != nil {
				m.inside.Add(1)
				<-back
				m.inside.Add(-1)
			}
			return fstest.MapFS{"f": {Data: []byte("of " + name)}}.Open("f")
		}}
	}
	return files
}

func wantContent(t *testing.T, got []steady.Content, names ...string) {
	t.Helper()
	for i, name := range names {
		want := "of " + name
		if name == "" {
			want = ""
		}
		if string(got[i].Data) != want || errors.Is(got[i].Err, steady.ErrHangs) != (name == "") {
			t.Errorf("file %d is %q, %v; want %q", i, got[i].Data, got[i].Err, want)
		}
	}
}

// A file that hangs, first, last or in the middle, costs the others a moment once, and
// nothing as long as it hangs on. It is read again once the read has returned.
func TestAFileThatHangsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r steady.Reader
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		back := make(chan struct{})
		m := &mount{hang: map[string]chan struct{}{"a": back, "c": back}}
		began := time.Now()
		wantContent(t, r.ReadAll(ctx, m.files("a", "b", "c", "d")), "", "b", "", "d")
		if took := time.Since(began); took > time.Second {
			t.Errorf("the others waited %v", took)
		}
		began, opened := time.Now(), m.opened.Load()
		wantContent(t, r.ReadAll(t.Context(), m.files("a", "b", "c", "d")), "", "b", "", "d")
		wantContent(t, r.ReadAll(t.Context(), m.files("a")), "")
		if took, more := time.Since(began), m.opened.Load()-opened; took != 0 || more != 2 {
			t.Errorf("the next batch took %v and opened %d files, want the two that answer", took, more)
		}
		close(back)
		synctest.Wait()
		delete(m.hang, "a")
		delete(m.hang, "c")
		wantContent(t, r.ReadAll(t.Context(), m.files("a", "b", "c", "d")), "a", "b", "c", "d")
		wantContent(t, r.ReadAll(t.Context(), m.files("a")), "a")
	})
}

// A mount that is gone as a whole takes no more goroutines than there is room for, and
// no read of it waits for ever.
func TestAMountThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r steady.Reader
		m := &mount{hang: map[string]chan struct{}{}}
		back := make(chan struct{})
		var names []string
		for i := range 100 {
			names = append(names, strconv.Itoa(i))
			m.hang[names[i]] = back
		}
		none := make([]string, len(names))
		began := time.Now()
		wantContent(t, r.ReadAll(t.Context(), m.files(names...)), none...)
		if took := time.Since(began); took > 2*time.Second || m.inside.Load() > 16 {
			t.Errorf("it took %v, and %d reads hang", took, m.inside.Load())
		}
		began = time.Now()
		wantContent(t, r.ReadAll(t.Context(), m.files(names...)), none...)
		if took := time.Since(began); took != 0 || m.inside.Load() > 16 {
			t.Errorf("again it took %v, and %d reads hang", took, m.inside.Load())
		}
		close(back)
		synctest.Wait()
		clear(m.hang)
		wantContent(t, r.ReadAll(t.Context(), m.files(names...)), names...)
	})
}

// Slow is not gone: as long as files come in, each is waited for.
func TestSlowFilesAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r steady.Reader
		var files []steady.File
		for i := range 40 {
			files = append(files, steady.File{Key: strconv.Itoa(i), Open: func() (fs.File, error) {
				time.Sleep(700 * time.Millisecond)
				return fstest.MapFS{"f": {Data: []byte("x")}}.Open("f")
			}})
		}
		for _, c := range r.ReadAll(t.Context(), files) {
			if string(c.Data) != "x" {
				t.Fatalf("%q, %v", c.Data, c.Err)
			}
		}
	})
}

// The end of ctx ends a batch, whatever its reads do. What had been read is kept.
func TestABatchThatHangsEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r steady.Reader
		ctx, cancel := context.WithCancel(t.Context())
		back := make(chan struct{})
		m := &mount{hang: map[string]chan struct{}{"a": back}}
		time.AfterFunc(time.Second, cancel)
		got := r.ReadAll(ctx, m.files("a", "b"))
		if !errors.Is(got[0].Err, context.Canceled) || string(got[1].Data) != "of b" {
			t.Errorf("%v, %q %v", got[0].Err, got[1].Data, got[1].Err)
		}
		close(back)
	})
}
