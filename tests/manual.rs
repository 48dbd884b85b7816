//! What the manual says of the chain is what the chain says of itself.

use std::fs;

use clientcookie::*;

/// The table of all handlers in the manual, compared with the picture that an opener draws of them.
#[test]
fn the_table_of_handlers_is_the_picture_of_the_chain() {
    let handlers = (
        HttpGzipProcessor::new(),
        HttpEquivProcessor::new(),
        HttpDigestAuthHandler::new(HttpPasswordMgr::new()),
        ProxyDigestAuthHandler::new(HttpProxyPasswordMgr::new()),
        HttpBasicAuthHandler::new(HttpPasswordMgr::new()),
        ProxyBasicAuthHandler::new(HttpProxyPasswordMgr::new()),
        HttpRefererProcessor::new(),
        HttpRedirectDebugProcessor::new(),
        HttpRobotRulesProcessor::new(),
        HttpResponseDebugProcessor::new(),
        SeekableProcessor::new(),
        HttpRefreshProcessor::new(),
    );
    let mut opener = build_opener(handlers);
    opener.add_handler(HttpRetryProcessor::new());
    let picture = opener.to_string();
    let chapter = fs::read_to_string("src/manual/handlers.md").unwrap();
    let table: Vec<Vec<String>> = chapter.lines().filter(|line| line.starts_with("| ")).map(cells).collect();

    let drawn = picture.lines().filter(|line| line.starts_with('│')).map(cells);
    for row in drawn.skip(1) {
        assert!(table.contains(&row), "the chapter's table has no row {row:?}");
    }
}

/// The cells of a row, without what makes them links or code, or marks features and default
/// handlers.
fn cells(line: &str) -> Vec<String> {
    let bare = line.replace(['`', '[', ']'], "").replace(" *d*", "").replace(" (feature ftp)", "");
    bare.trim_matches(['|', '│']).split(['|', '│']).map(|cell| cell.trim().to_owned()).collect()
}
