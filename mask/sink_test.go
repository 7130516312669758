package mask_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
)

func TestCloseShowsTheRestAndEnds(t *testing.T) {
	var s sink
	w := mask.NewWriter(&s, setOf(mask.Options{}, canary))
	_, _ = w.Write([]byte("x" + canary[:5]))
	if err := w.Close(); err != nil || s.String() != "x"+canary[:5] {
		t.Errorf("Close returned %v and shows %q", err, s.String())
	}
	if err := w.Close(); err != nil {
		t.Errorf("a second Close returned %v", err)
	}
	if n, err := w.Write([]byte("more")); n != 0 || !errors.Is(err, secretmux.ErrClosed) {
		t.Errorf("Write after Close returned %d and %v, want 0 and ErrClosed", n, err)
	}
	if err := w.Flush(); !errors.Is(err, secretmux.ErrClosed) {
		t.Errorf("Flush after Close returned %v, want ErrClosed", err)
	}
}

// A sink may fail or accept only a part. Nothing is lost, nothing is written twice, and
// no secret gets through.
func TestSinkThatFails(t *testing.T) {
	for _, takes := range []int{0, 3, 99} {
		var s sink
		w := mask.NewWriter(&s, setOf(mask.Options{}, canary))
		s.fail = func(p []byte) (int, error) { return min(takes, len(p)), errSink }
		first := "a line with " + canary + " and " + canary[:6]
		if n, err := w.Write([]byte(first)); n != len(first) || !errors.Is(err, errSink) {
			t.Fatalf("Write returned %d and %v, want the whole text and the sink's error", n, err)
		}
		if takes < 40 {
			if n, err := w.Write([]byte(canary[6:])); n != 0 || !errors.Is(err, errSink) {
				t.Fatalf("Write returned %d and %v, want nothing taken while the sink fails", n, err)
			}
		}
		s.fail = nil
		if n, err := w.Write([]byte(canary[6:])); n != len(canary)-6 || err != nil {
			t.Fatalf("Write returned %d and %v", n, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		const want = "a line with [redacted:db/password] and [redacted:db/password]"
		if got := s.String(); got != want {
			t.Errorf("a sink that takes %d: got %q, want %q", takes, got, want)
		}
	}
}

// The next call returns a failure that no call waited for.
func TestSinkThatFailsInTheQuietTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		w := mask.NewWriter(&s, setOf(mask.Options{}, canary))
		_, _ = w.Write([]byte(canary[:6]))
		s.mu.Lock()
		s.fail = func([]byte) (int, error) { return 0, errSink }
		s.mu.Unlock()
		time.Sleep(time.Second)
		synctest.Wait()
		s.fail = nil
		if n, err := w.Write([]byte("x")); n != 0 || !errors.Is(err, errSink) {
			t.Errorf("Write returned %d and %v, want 0 and the error of the quiet time", n, err)
		}
		if n, err := w.Write([]byte("x")); n != 1 || err != nil || s.String() != canary[:6]+"x" {
			t.Errorf("Write returned %d and %v, and %q is shown", n, err, s.String())
		}
	})
}

func TestShortWriteWithoutAnError(t *testing.T) {
	var s sink
	w := mask.NewWriter(&s, setOf(mask.Options{}, canary))
	s.fail = func(p []byte) (int, error) { return len(p) - 1, nil }
	if n, err := w.Write([]byte("text")); n != 4 || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("Write returned %d and %v, want 4 and a short write", n, err)
	}
}

func TestWriterOfNothing(t *testing.T) {
	for name, w := range map[string]*mask.Writer{
		"no set": mask.NewWriter(&sink{}, nil), "no writer": mask.NewWriter(nil, mask.New(mask.Options{})),
		"zero set": mask.NewWriter(&sink{}, &mask.Set{}),
	} {
		n, err := w.Write([]byte("x"))
		if n != 0 || !errors.Is(err, secretmux.ErrInvalid) || !errors.Is(w.Flush(), secretmux.ErrInvalid) || !errors.Is(w.Close(), secretmux.ErrInvalid) {
			t.Errorf("%s: Write returned %d and %v, want ErrInvalid of every call", name, n, err)
		}
	}
}
