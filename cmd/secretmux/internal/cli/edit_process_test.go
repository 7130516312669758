//go:build unix

package cli_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// edit is one run of edit on a terminal.
type edit struct {
	repository
	path, memory string // of the file, and of the folder for plain text
	cmd          *exec.Cmd
	terminal     *os.File
	screen       *screen
	ended        chan error
}

// screen collects what the terminal shows.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// startEdit runs edit on a file with A=1. The editor plays the part: see
// playEditor.
func startEdit(t *testing.T, name, part string) *edit {
	t.Helper()
	r := newRepository(t)
	e := &edit{repository: r, path: r.path(name), memory: t.TempDir(), screen: &screen{}, ended: make(chan error, 1)}
	r.with(t, "1", "set", "a", "-f", e.path).want(t, 0)
	must(t, os.Chmod(e.path, 0o640))
	self, err := os.Executable()
	must(t, err)
	e.cmd = command(t, "edit", "-f", e.path)
	e.cmd.Env = append(e.cmd.Env, "VISUAL='"+self+"' -unused", asEditor+"="+part, "XDG_RUNTIME_DIR="+e.memory, "TMPDIR="+e.memory,
		"SOPS_AGE_KEY_FILE="+r.key, "EDITOR_STATE="+r.path("state"), "EDITOR_FILE="+e.path)
	e.terminal, err = pty.Start(e.cmd)
	must(t, err)
	go func() {
		_, _ = io.Copy(e.screen, e.terminal)
		e.ended <- e.cmd.Wait()
	}()
	t.Cleanup(func() { _, _ = e.cmd.Process.Kill(), e.terminal.Close() })
	return e
}

// end waits for the exit code, and checks that no plain text is left.
func (e *edit) end(t *testing.T, code int, texts ...string) {
	t.Helper()
	select {
	case <-e.ended:
	case <-time.After(patience):
		t.Fatalf("no end: %s", e.screen)
	}
	if got := e.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d: %s", got, code, e.screen)
	}
	for _, text := range texts {
		if !strings.Contains(e.screen.String(), text) {
			t.Errorf("the terminal lacks %q: %s", text, e.screen)
		}
	}
	noCanary(t, "the terminal", e.screen.String())
	for _, dir := range []string{e.memory, e.dir, os.TempDir()} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() && path != dir && dir == os.TempDir() && !strings.HasPrefix(entry.Name(), "secretmux-") {
				return filepath.SkipDir
			}
			if entry.Type().IsRegular() {
				if content, err := os.ReadFile(path); err == nil && dir != os.TempDir() {
					noCanary(t, path, string(content))
				}
			}
			return nil
		})
		must(t, err)
	}
	left, err := os.ReadDir(e.memory)
	if err != nil || len(left) > 0 {
		t.Errorf("the folder for plain text has %v, %v", left, err)
	}
	if info, err := os.Stat(e.path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode of the file is %v, %v", info.Mode(), err)
	}
}

func (e *edit) wantValue(t *testing.T, want string) {
	t.Helper()
	scheme := "sops"
	if strings.HasSuffix(e.path, ".age") {
		scheme = "age"
	}
	if got := e.value(t, link(scheme, e.path), "a"); got != want {
		t.Errorf("the value has %d bytes, want %d", len(got), len(want))
	}
}

func TestEdit(t *testing.T) {
	for _, name := range []string{"secrets.env", "secrets.env.age"} {
		for _, c := range []struct {
			part  string
			code  int
			saved bool
			text  string
		}{
			{"change", 0, true, ""}, {"crash", 2, false, "the editor failed"}, {"nothing", 0, false, "nothing was changed"},
		} {
			t.Run(name+" "+c.part, func(t *testing.T) {
				e := startEdit(t, name, c.part)
				e.end(t, c.code, c.text)
				e.wantValue(t, map[bool]string{true: canary, false: "1"}[c.saved])
			})
		}
	}
}

// If a text does not parse, the person can edit it again and has lost nothing.
func TestEditKeepsATextThatDoesNotParse(t *testing.T) {
	for _, name := range []string{"secrets.env", "secrets.env.age"} {
		for answer, saved := range map[string]bool{"\n": true, "q\n": false} {
			e := startEdit(t, name, "mistype")
			eventually(t, "the question", func() bool { return strings.Contains(e.screen.String(), "Enter to open") })
			_, err := io.WriteString(e.terminal, answer)
			must(t, err)
			if saved {
				e.end(t, 0, "line 2")
			} else {
				e.end(t, 2, "line 2", "nothing was saved")
			}
			e.wantValue(t, map[bool]string{true: canary, false: "1"}[saved])
		}
	}
}

// Signals end the editor, and no plain text is left.
func TestEditIsInterrupted(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		e := startEdit(t, "secrets.env", "hang")
		eventually(t, "the editor", fileHolds(e.repository.path("state"), "x"))
		must(t, e.cmd.Process.Signal(sig))
		e.end(t, 128+int(sig))
		e.wantValue(t, "1")
	}
	e := startEdit(t, "secrets.env", "hang")
	eventually(t, "the editor", fileHolds(e.repository.path("state"), "x"))
	_, err := e.terminal.Write([]byte{3}) // Ctrl-C
	must(t, err)
	e.end(t, 130)
	e.wantValue(t, "1")
}

// edit does not overwrite a file that another process changed in the meantime.
func TestEditMeetsAnotherChange(t *testing.T) {
	e := startEdit(t, "secrets.env", "meanwhile")
	e.end(t, 2, "was changed in the meantime")
	if !strings.HasSuffix(read(t, e.path), "# theirs\n") {
		t.Error("the other change was overwritten")
	}
	e.wantValue(t, "1")
}

// The question for a value hides what is typed. A signal ends it.
func TestSetAsksOnATerminal(t *testing.T) {
	r := newRepository(t)
	path := r.path("secrets.env")
	ask := func() (*exec.Cmd, *os.File, *screen, chan error) {
		cmd := command(t, "set", "a", "-f", path)
		cmd.Env = append(cmd.Env, "SOPS_AGE_KEY_FILE="+r.key)
		terminal, err := pty.Start(cmd)
		must(t, err)
		shown, ended := &screen{}, make(chan error, 1)
		go func() {
			_, _ = io.Copy(shown, terminal)
			ended <- cmd.Wait()
		}()
		eventually(t, "the question", func() bool { return strings.Contains(shown.String(), "not shown") })
		return cmd, terminal, shown, ended
	}
	_, terminal, shown, ended := ask()
	_, err := io.WriteString(terminal, canary+"\n")
	must(t, err)
	if err := <-ended; err != nil {
		t.Errorf("%v: %s", err, shown)
	}
	noCanary(t, "the terminal", shown.String())
	if got := r.value(t, link("sops", path), "a"); got != canary {
		t.Errorf("the value has %d bytes", len(got))
	}
	cmd, terminal, _, ended := ask()
	_, err = terminal.Write([]byte{3})
	must(t, err)
	<-ended
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("after Ctrl-C the exit code is %d", code)
	}
}
