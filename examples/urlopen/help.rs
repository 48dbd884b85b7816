//! What `--help` says.

pub const HELP: &str = "\
Opens URLs, one after the other: cookies and connections are shared.

Usage: urlopen [OPTIONS] [URL...]

Without a URL it starts a small site on this machine and takes a tour of it. The
flags are curl's, as far as there are any; what was copied for curl mostly runs.

Requests:
  -H, --header 'NAME: VALUE'  send this header (repeatable); 'NAME:' leaves that
                              one out, 'NAME;' sends an empty one; @FILE for a
                              file of them
  -A, --user-agent NAME       say who asks; '' for nobody
  -e, --referer URL           say where the link stood; ';auto' as --auto-referer
  -X, --request METHOD        use this method
  -I, --head                  ask for the head alone (HEAD)
  -d, --data DATA             send this data with POST, as a form unless a
                              Content-Type is given (repeatable, joined by &);
                              @FILE for a file's text without its line ends, @-
                              for stdin
      --data-raw DATA         the same, and an @ means nothing
      --data-binary DATA      the same, and @FILE is sent as it is
      --data-urlencode DATA   the same, encoded: CONTENT, NAME=CONTENT, NAME@FILE
      --json DATA             send JSON, and say so
  -F, --form NAME=CONTENT     send a form with files (multipart/form-data): @FILE
                              for a file, <FILE for its text; ;type= and
                              ;filename= may follow (--form-string: none of that);
                              a \"...\" may hold a semicolon
  -G, --get                   put the data behind the URL, and send none
      --url-query DATA        put this behind the URL, encoded as --data-urlencode
                              does; +DATA as it is
  -T, --upload-file FILE      send this file with PUT, - for stdin
  -r, --range RANGE           ask for these bytes alone: 0-99
      --url URL               open this URL too
  -g, --globoff               take [1-9] and {a,b} in URLs as they stand
      --proto LIST            open these schemes alone, on redirects too: '=https'
Cookies:
  -b, --cookie FILE|DATA      load cookies from this file, if it is there, - for
                              stdin (repeatable): a cookies.txt, an LWP file, heads
                              of responses, JSON (feature json), or the file of
                              another browser; what has a = in it is
                              'NAME=VALUE; NAME=VALUE' for the hosts of the URLs here
  -c, --cookie-jar FILE       save the cookies to this file at the end, session
                              cookies among them, - for stdout: an LWP file if its
                              name ends in .lwp, Playwright's storage state if in
                              .json (feature json), else a cookies.txt. What of it
                              -b could not load is kept in FILE.bak
                              With redis://HOST/ (or rediss://; ?namespace=NAME)
                              for either FILE the jar lives on that server, and
                              all who name it share it (feature redis)
      --classic               believe servers as far as the original did
      --rfc2965               take and send cookies of RFC 2965 as well
Output:
  -s, --silent                write the bodies, and nothing else, on stdout
  -i, --include               show the head as curl does
  -D, --dump-header FILE      write every head that comes into this file, those of
                              redirects too, - for stdout
  -f, --fail                  do not show the page of an error
  -w, --write-out FORMAT      tell of each transfer: '%{http_code} %{time_total}\\n'
  -v, --verbose               show both heads on stderr; -vv with passwords
      --timeout SECONDS       wait so long at most for a connection, for a head
                              and for each read and write (0: for ever)
      --connect-timeout SECONDS
                              wait so long at most for a connection
  -m, --max-time SECONDS      take so long at most for each URL, redirects and all
  -Y, --speed-limit BYTES     give a body up that brings fewer bytes a second (1)
  -y, --speed-time SECONDS    for so long (30)
  -L, --location              follow redirects that take data along (307, 308) within
                              a site as well; all others are followed anyway
      --max-redirs N          follow so many redirects at most
      --header-lines N        take so many header lines of an answer at most (256)
      --head-size BYTES       take a head of so many bytes at most (65536)
      --chunked-despite-length
                              read an answer by its chunks, though it has a
                              Content-Length as well
      --cacert FILE           trust the certificates of this PEM file alone
      --add-cacert FILE       trust those of this one as well, besides the built-in
                              ones and the system's (repeatable)
  -k, --insecure              trust anyone: whoever sits in between reads along
      --resolve HOST:PORT:ADDRESS
                              take this address for the host (repeatable)
      --interface ADDRESS     connect from this address of this machine
      --unix-socket PATH      connect to this socket, whatever host the URL names
  -u, --user USER:PASSWORD    say this with Basic, or with Digest where that is asked
                              for, to the servers of the URLs here, and to no others
      --anyauth, --digest     but say nothing before it is asked for; --digest: only
                              with Digest
      --oauth2-bearer TOKEN   show this token
  -n, --netrc, --netrc-file FILE
                              look passwords that are asked for up in ~/.netrc, or in
                              this file
  -U, --proxy-user USER:PASSWORD
                              say this to a proxy that asks
  -E, --cert FILE             show this certificate (PEM) to the servers of the
                              URLs here, if they ask, and to no others
      --key FILE              its key, unless that is in the same file
  -o, --output FILE           put the body into this file; one for each URL, in
                              their order, and the rest goes to stdout, as what is
                              for -
  -O, --remote-name           the same, named like the last part of the URL
      --remote-name-all       the same for every URL
      --output-dir DIR        put the files into this folder
      --create-dirs           make the folders of the files
      --continue, -C -        go on with a file that was cut short, by whichever
                              program; what arrives stays beside it as FILE.part
      --retry N               try again, N times at most, what is idempotent and
                              finds no connection or a busy server (429, 503)
      --retry-max-time SECONDS
                              wait so long in all for that
      --compressed, --gzip    ask for packed bodies, and unpack them
      --equiv                 take what a page says in <meta http-equiv> for headers
      --refresh[=SECONDS]     follow a page's Refresh, if it comes at once or within
                              so many seconds
      --auto-referer          say which page led to the next one
      --robots                heed robots.txt
      --seekable              keep bodies, so that they could be read again
      --debug                 tell of every redirection and show every body on
                              stderr, those of redirections too
      --trace                 tell on stderr what the chain did: which handler was
                              asked, what it changed, what became of each cookie,
                              and when; with -vv passwords too
      --trace-html FILE       the same as a page for a browser
      --har FILE              the same as a HAR file (feature har)
      --har FILE --replay     answer from this file, and ask nobody; those that
                              browsers export will do
      --har FILE --record[=none|once|new_episodes|all]
                              record the answers into it (once: if it is not there,
                              else answer from it)
  -x, --proxy PROXY           ask this proxy for every URL, and not those of the
                              environment (http_proxy, https_proxy, all_proxy):
                              [SCHEME://][USER:PASSWORD@]HOST[:PORT]; '' for none
      --noproxy LIST          but not for these hosts, in place of no_proxy's; '*'
                              for all
      --serve                 keep the small site up, and open nothing
  -h, --help                  show this

Exit status: 0 if every URL was answered with success, 22 if one was answered
with an error (its body is shown all the same), 1 after any other failure.
";
