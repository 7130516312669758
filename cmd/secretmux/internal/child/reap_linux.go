package child

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Reap waits for orphans until stop is called, if this process is number 1 of a
// container: there the kernel makes it the parent of all processes whose own
// parent ended, and those that nobody waits for would fill the process table.
//
// It looks for dead children each second and takes those that it saw dead before,
// but not mine, which os/exec waits for. A loop over wait4(-1) would take exit codes
// from os/exec, also those of the programs of exec: links.
func Reap(mine func(pid int) bool) (stop func()) {
	if os.Getpid() != 1 {
		return func() {}
	}
	stopped := make(chan struct{})
	go func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		before := map[int]bool{}
		for {
			select {
			case <-stopped:
				return
			case <-ticker.C:
				before = reapOrphans(before, mine)
			}
		}
	}()
	return sync.OnceFunc(func() { close(stopped) })
}

// reapOrphans waits for the dead children that were dead before, and returns the
// others.
func reapOrphans(before map[int]bool, mine func(pid int) bool) (fresh map[int]bool) {
	fresh = map[int]bool{}
	for _, pid := range deadChildren() {
		switch {
		case !before[pid]:
			fresh[pid] = true
		case !mine(pid):
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		}
	}
	return fresh
}

func deadChildren() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	self := strconv.Itoa(os.Getpid())
	var dead []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		// pid (name) state parent ...; the name may have parentheses.
		if _, rest, ok := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" ")); err == nil && ok {
			fields := bytes.Fields(rest)
			if len(fields) > 1 && string(fields[0]) == "Z" && string(fields[1]) == self {
				dead = append(dead, pid)
			}
		}
	}
	return dead
}
