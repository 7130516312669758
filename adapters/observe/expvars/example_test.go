package expvars_test

import (
	"expvar"
	"fmt"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe/expvars"
	"github.com/secretmux/secretmux/testing/memory"
)

func ExamplePublish() {
	store, err := secretmux.New(memory.New(nil), secretmux.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if err := expvars.Publish("secrets", store); err != nil {
		log.Fatal(err)
	}
	fmt.Println(expvar.Get("secrets"))
	// Output: {"served":0,"stale":0,"expired":0,"refused":0,"failing":0,"oldest_seconds":0,"secrets":[]}
}
