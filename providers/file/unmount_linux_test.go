package file_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
)

// inNamespace is set in the process that may mount.
const inNamespace = "SECRETMUX_TEST_MOUNT_NAMESPACE"

// A real unmount leaves an empty mount point, which differs from another folder only
// by its device. It needs a mount namespace. TestLostFolderStopsTheChain has the
// losses that need no namespace.
func TestUnmounted(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		for what, test := range map[string]func(t *testing.T, mount string){
			"plain folder": plainUnmounted, "kubernetes volume": volumeUnmounted,
			"bind mount": bindUnmounted, "mounted anew": mountedAnew, "over a folder with files": unmountedFromFiles,
		} {
			t.Run(what, func(t *testing.T) { test(t, mountTmpfs(t, filepath.Join(t.TempDir(), "secrets"))) })
		}
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUnmounted$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil && strings.Count(string(out), "--- PASS: TestUnmounted/") == 5:
	case err == nil || errors.As(err, &exit):
		t.Errorf("%v\n%s", err, out)
	default:
		t.Logf("this machine gives no mount namespace, so that no file system was unmounted: %v", err)
	}
}

// mountTmpfs makes dir a file system of its own, which it unmounts in the end if the
// test did not.
func mountTmpfs(t *testing.T, dir string) string {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o755))
	must(t, syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""))
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"))
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func plainUnmounted(t *testing.T, mount string) {
	write(t, filepath.Join(mount, "password"), "strong")
	lostUnderStore(t, mount, func(t *testing.T) { must(t, syscall.Unmount(mount, 0)) })
}

func volumeUnmounted(t *testing.T, mount string) {
	v := &volume{dir: mount}
	content := map[string]string{"password": "strong"}
	v.swap(t, content)
	v.link(t, content)
	lostUnderStore(t, mount, func(t *testing.T) { must(t, syscall.Unmount(mount, 0)) })
}

// A bind mount is on the device of the folder below it.
func bindUnmounted(t *testing.T, mount string) {
	source, target := filepath.Join(mount, "source"), filepath.Join(mount, "target")
	must(t, os.MkdirAll(target, 0o755))
	write(t, filepath.Join(source, "password"), "strong")
	must(t, syscall.Mount(source, target, "", syscall.MS_BIND, ""))
	lostUnderStore(t, target, func(t *testing.T) { must(t, syscall.Unmount(target, 0)) })
}

// Another file system in the same place counts after a secret was read from it.
func mountedAnew(t *testing.T, mount string) {
	write(t, filepath.Join(mount, "a"), "1")
	write(t, filepath.Join(mount, "b"), "2")
	p := open(t, mount)
	want(t, p, "b", "2")
	must(t, syscall.Unmount(mount, 0))
	for range 2 {
		if err := p.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Check of an empty mount point: %v", err)
		}
		if err := listError(t.Context(), p); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("List of an empty mount point: %v", err)
		}
		if _, err := p.Get(t.Context(), "a"); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Get from an empty mount point: %v", err)
		}
	}
	mountTmpfs(t, mount)
	write(t, filepath.Join(mount, "a"), "3")
	must(t, p.Check(t.Context()))
	want(t, p, "a", "3")
	if _, err := p.Get(t.Context(), "b"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("a name that the new file system lacks: %v", err)
	}
}

// The folder below may hold files, but they are not the files of the mount.
func unmountedFromFiles(t *testing.T, mount string) {
	must(t, syscall.Unmount(mount, 0))
	write(t, filepath.Join(mount, "README"), "secrets are mounted here")
	mountTmpfs(t, mount)
	write(t, filepath.Join(mount, "password"), "strong")
	lostUnderStore(t, mount, func(t *testing.T) { must(t, syscall.Unmount(mount, 0)) })
}
