package child

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// outputDelay is how long the output of a program is read after its end. A
// grandchild in the background may keep the output open forever.
const outputDelay = 2 * time.Second

// Spec says what to start. A nil stream is the null device. The program gets an
// *os.File itself, and a pipe for any other stream.
type Spec struct {
	Path     string   // as [Find] returned it
	Args     []string // the first is the program's name
	Env      []string
	In       io.Reader
	Out, Err io.Writer
	Files    []*os.File // descriptors 3, 4 ...
	// Group puts the program into its own process group. Signals then go to the
	// whole group. It is meant for a process without a terminal, because a terminal
	// sends its signals to the group of the foreground.
	Group bool
}

// Process is a program that was started. It is safe for concurrent use.
type Process struct {
	cmd   *exec.Cmd
	group bool
	done  chan struct{}
	code  int // valid after done is closed

	mu    sync.Mutex // held while a signal is sent, so that it can't reach another process that got the same number
	ended bool
}

// Start starts a program and returns while it runs.
func Start(spec Spec) (*Process, error) {
	cmd := &exec.Cmd{
		Path: spec.Path, Args: spec.Args, Env: spec.Env,
		Stdin: spec.In, Stdout: spec.Out, Stderr: spec.Err,
		ExtraFiles: spec.Files, WaitDelay: outputDelay,
	}
	if spec.Group {
		cmd.SysProcAttr = ownGroup()
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, group: spec.Group, done: make(chan struct{})}
	go p.wait()
	return p, nil
}

// wait ignores errors of the output: the program got the same error when it wrote.
func (p *Process) wait() {
	_ = p.cmd.Wait()
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.code = exitCode(p.cmd.ProcessState)
	close(p.done)
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done returns a channel. It is closed when the program has ended and its output is
// written.
func (p *Process) Done() <-chan struct{} { return p.done }

// Code returns the exit code. If a signal killed the program, it is 128 plus the
// number of the signal. Call Code only after Done is closed.
func (p *Process) Code() int { return p.code }

// Signal sends a signal to the program or, with Spec.Group, to its group. It does
// nothing if the program has ended.
func (p *Process) Signal(sig os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.send(sig)
	}
}

// Stop asks the program to end and kills it after grace. It returns when the
// program has ended.
func (p *Process) Stop(grace time.Duration) {
	p.Signal(terminate)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return
	case <-timer.C:
	}
	p.Signal(os.Kill)
	<-p.done
}

// Find looks a program up as a shell does, but never in the current folder. The
// error is ErrNotFound or ErrNotRunnable.
func Find(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EISDIR):
		return "", ErrNotRunnable
	}
	return "", ErrNotFound
}

// The reasons why a program was not started. They quote nothing that was typed.
var (
	ErrNotFound = errors.New("the command was not found (write a program of PATH, or a path such as ./server; " +
		"a whole command line in quotes is one word: sh -c runs it)")
	ErrNotRunnable = errors.New("the command can't be executed (it is a folder, or chmod +x is missing)")
)
