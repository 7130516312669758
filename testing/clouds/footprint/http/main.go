// Command http makes one request with the standard library and nothing else: what
// a program that speaks HTTPS links anyway. See footprint/measure.
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Getenv("URL"))
	if err != nil {
		log.Fatal(err)
	}
	log.Print(response.Status, response.Body.Close())
}
