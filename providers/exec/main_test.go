package exec_test

import (
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux/providers/exec"
)

// The command of these tests is the test program itself, which plays one of these
// parts when its first argument is "play".
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "play" {
		os.Exit(play(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

func play(part string, args []string) (code int) {
	switch part {
	case "arguments":
		fmt.Fprintf(os.Stdout, "%q", args)
	case "print":
		text, err := strconv.Unquote(`"` + strings.Join(args, " ") + `"`)
		if err != nil {
			text = strings.Join(args, " ")
		}
		fmt.Fprint(os.Stdout, text)
	case "environment":
		fmt.Fprint(os.Stdout, strings.Join(os.Environ(), "\n"))
	case "stdin":
		n, err := io.Copy(io.Discard, os.Stdin)
		fmt.Fprint(os.Stdout, n, err)
	case "stderr":
		fmt.Fprint(os.Stderr, os.Getenv("VALUE"))
		return 7
	case "much":
		value := os.Getenv("VALUE") + " "
		for range 2048 {
			if _, err := fmt.Fprint(os.Stdout, strings.Repeat(value, 1024/len(value)+1)); err != nil {
				return 3
			}
		}
	case "code":
		code, _ = strconv.Atoi(args[0])
		return code
	case "nothing":
	case "hang":
		fmt.Fprint(os.Stdout, os.Getenv("VALUE"))
		wait()
	case "child":
		return withChild(args)
	case "folder":
		return folder(args[0], args[1])
	}
	return 0
}

func wait() { <-time.After(time.Minute) }

// withChild starts a child that keeps the output open and writes its process id into
// a file. Then withChild ends, or hangs with "stay".
func withChild(args []string) int {
	child := osexec.Command(os.Args[0], "play", "hang", "of the child")
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if child.Start() != nil || os.WriteFile(args[0], []byte(strconv.Itoa(child.Process.Pid)), 0o600) != nil {
		return 1
	}
	fmt.Fprint(os.Stdout, "value")
	if args[1] == "stay" {
		wait()
	}
	return 0
}

// folder is a small password manager: each secret is a file.
func folder(dir, name string) int {
	record, err := os.OpenFile(filepath.Join(dir, "calls"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return 2
	}
	_, _ = record.WriteString("x")
	_ = record.Close()
	value, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")))
	if err != nil {
		return 44
	}
	trouble, _ := os.ReadFile(filepath.Join(dir, "trouble."+name))
	switch string(trouble) {
	case "fail":
		fmt.Fprintf(os.Stderr, "can't show %s", value)
		fmt.Fprint(os.Stdout, string(value))
		return 1
	case "much":
		fmt.Fprint(os.Stdout, strings.Repeat(string(value), 1<<20))
	case "hang":
		wait()
	}
	_, err = os.Stdout.Write(value)
	if err != nil {
		return 3
	}
	return 0
}

// command returns a provider whose command plays a part. The command finds the canary
// in VALUE.
func command(t *testing.T, part string, args ...string) *exec.Provider {
	t.Helper()
	return open(t, exec.Options{
		Args: append([]string{"play", part}, args...), Env: []string{"VALUE"},
		Environ: func() []string { return append(os.Environ(), "VALUE="+canary) },
	})
}

// open opens the provider of o. It adds the test program if o names none, and the
// name "x" if no argument has {name}.
func open(t *testing.T, o exec.Options) *exec.Provider {
	t.Helper()
	if o.Program == "" {
		self, err := os.Executable()
		must(t, err)
		o.Program = self
	}
	if !strings.Contains(strings.Join(o.Args, ""), "{name}") {
		o.Name = "x"
	}
	p, err := exec.New(o)
	must(t, err)
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
